"""The workloads of a trial by their steps: a page of them is found without reading the others.

The reports of each group lie in the store by step; so it can be told how many workloads lie below any step.
"""
from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import Any, Iterable, Mapping, NamedTuple, Sequence

Row = Mapping[str, Any]


class Workload(NamedTuple):
    """One item of the list: a stored report or a checkpoint."""

    kind: str
    total_batches: int | None
    end_time: int
    row: Row


class Reports(Sequence[Workload]):
    """Reports of one group as workloads, each made when it is looked at."""

    def __init__(self, kind: str, rows: Sequence[Row]):
        self._kind, self._rows = kind, rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return list(map(self._workload, self._rows[place]))
        return self._workload(self._rows[place])

    def _workload(self, row: Row) -> Workload:
        return Workload(self._kind, row["total_batches"], row["end_time"], row)


class ByStep:
    """Workloads by step, then by end time; each part is by step already. Steps are whole numbers."""

    def __init__(self, parts: Iterable[Sequence[Workload]]):
        self._parts = [part for part in parts if part]

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def between(self, start: int, end: int) -> list[Workload] | None:
        """Those from place `start` on and before `end`; None if workloads of these steps tie, so that their order is left open."""
        if start >= end:
            return []
        first, last = self._step_at(start), self._step_at(end - 1)
        found = sorted((one for part in self._parts for one in part[_below(part, first):_below(part, last + 1)]), key=_place)
        if any(_place(one) == _place(other) for one, other in pairwise(found)):
            return None
        before = self._below(first)
        return found[start - before:end - before]

    def _step_at(self, place: int) -> int:
        """The step of the workload at this place: the last one below which no more lie than before it."""
        steps = range(min(map(_first_step, self._parts)), max(map(_last_step, self._parts)) + 1)
        return steps[bisect_right(steps, place, key=self._below) - 1]

    def _below(self, step: int) -> int:
        return sum(_below(part, step) for part in self._parts)


def _below(part: Sequence[Workload], step: int) -> int:
    return bisect_left(part, step, key=step_of)


def step_of(workload: Workload) -> int:
    """The step of a workload that has one."""
    assert workload.total_batches is not None
    return workload.total_batches


def _first_step(part: Sequence[Workload]) -> int:
    return step_of(part[0])


def _last_step(part: Sequence[Workload]) -> int:
    return step_of(part[-1])


def _place(workload: Workload) -> tuple[int, int]:
    return step_of(workload), workload.end_time
