"""The numbers of runs within their project: a managed run gets the next one, a moved run the next one of its new project."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, Mapping

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]


def next_local_id(db: "Database", project_id: int) -> int:
    """The number of a new run."""
    number = _last(db, project_id) + 1
    db.projects.change(project_id, max_local_id=number)
    return number


def move_runs(db: "Database", runs: Iterable[Row], project_id: int) -> None:
    """Put the runs into the project, numbered by their ids.

    The project then counts on from the highest number that a run of it has: numbers of runs that left may come back.
    """
    for number, run in enumerate(sorted(runs, key=lambda run: int(run["id"])), start=_last(db, project_id) + 1):
        db.trials.change(run["id"], project_id=project_id, local_id=number)
    present = _highest(db, project_id)
    if present is not None:
        db.projects.change(project_id, max_local_id=present)


def _last(db: "Database", project_id: int) -> int:
    """The last number that a run of the project was given; folders of an older fakedet do not say it."""
    last: int | None = db.projects.row(project_id).get("max_local_id")
    return (_highest(db, project_id) or 0) if last is None else last


def _highest(db: "Database", project_id: int) -> int | None:
    return max((run["local_id"] for run in db.trials.rows(project_id=project_id)), default=None)
