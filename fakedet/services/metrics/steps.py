"""The reports of a trial by their steps or as they came: only those that are asked for are looked at. By steps archived ones are left out."""
from __future__ import annotations

from itertools import islice
from math import inf
from typing import TYPE_CHECKING, Any, Iterator, Mapping, Sequence

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]


def by_run(db: "Database", trial: Row, group: str, *, since: float | None = None, before: float | None = None) -> list[Sequence[Row]]:
    """The reports from step `since` on and below `before`: of each run by its number, by step. Those without steps have no place here.

    Good until the next report.
    """
    bounds = {"since": since, "before": inf if before is None else before}
    return [db.metrics.slice("total_batches", trial_id=trial["id"], group=group, archived=False, trial_run_id=int(run), **bounds)
            for run in sorted(trial["run_steps"], key=int)]


def at(db: "Database", trial: Row, group: str, step: int) -> Row | None:
    """The report of a group at a step, of whichever run: there is one at most."""
    return next((row for rows in by_run(db, trial, group, since=step, before=step + 1) for row in rows), None)


def first_after(db: "Database", trial: Row, group: str, step: int, most: int) -> list[Row]:
    """At most so many reports beyond a step, by run and step."""
    return list(islice((row for rows in by_run(db, trial, group, since=step + 1) for row in rows), most))


def stored_after(db: "Database", trial_id: int, group: str, report_id: int) -> Sequence[Row]:
    """The reports of a group that were stored after this one, archived ones too."""
    return db.metrics.slice("id", trial_id=trial_id, group=group, since=report_id + 1)


class Joined(Sequence[Row]):
    """Several sequences of rows one behind the other, without reading them."""

    def __init__(self, parts: Sequence[Sequence[Row]]):
        self._parts = parts

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def __iter__(self) -> Iterator[Row]:
        return (row for part in self._parts for row in part)

    def __getitem__(self, place: Any) -> Any:
        for part in self._parts:
            if place < len(part):
                return part[place]
            place -= len(part)
        raise IndexError(place)
