"""Which log lines a request asks for, as the master's SQL decides it (master: postgres_filters.go).

The conditions are joined in a fixed order. Asking for rank -1 ("no rank") beside others adds an OR without parentheses: lines of ANY
task with one of those ranks come in as well, held only against the conditions that follow. That is how 0.38.1 answers.
"""
from __future__ import annotations

from typing import Any, Iterator, Mapping, Sequence

from fakedet.domain.log_conditions import After, Condition, Contains, NotAfter, OneOf

Row = Mapping[str, Any]
NO_RANK = -1


class LogFilter:
    """Holds log lines against the conditions of a request for one task's logs."""

    def __init__(self, task_id: str, request: Any):
        ranks = [rank for rank in request.rank_ids if rank != NO_RANK]
        before = [OneOf("task_id", [task_id]), *_listed(request, "allocation_ids", "agent_ids", "container_ids")]
        after = [*_listed(request, "stdtypes", "sources"), *_levels(request), *_times(request), *_text(request)]
        self.crosses_tasks = NO_RANK in request.rank_ids and bool(ranks)
        self._own: Sequence[Condition] = [*before, *after]
        self._leaking: Sequence[Condition] = []
        if self.crosses_tasks:
            self._own, self._leaking = [*before, OneOf("rank_id", [None])], [OneOf("rank_id", ranks), *after]
        elif request.rank_ids:
            self._own = [*before, OneOf("rank_id", ranks or [None]), *after]

    def matches(self, row: Row, after_id: int) -> bool:
        """Whether the line is asked for, on the page that begins beyond the line `after_id`: what leaks in holds to that, the rest does not."""
        if self.crosses_tasks:
            return _all_match(self._own, row) or (row["id"] > after_id and _all_match(self._leaking, row))
        return row["id"] > after_id and _all_match(self._own, row)

    def may_match(self, segment: Row) -> bool:
        """False if no line of the segment is asked for."""
        return (all(condition.may_match(segment) for condition in self._own)
                or (self.crosses_tasks and all(condition.may_match(segment) for condition in self._leaking)))


def _all_match(conditions: Sequence[Condition], row: Row) -> bool:
    return all(condition.matches(row) for condition in conditions)


def _listed(request: Any, *names: str) -> Iterator[Condition]:
    """Conditions for the lists of the request that are not empty; `agent_ids` holds values of `agent_id`."""
    for name in names:
        values = getattr(request, name, None)
        if values:
            yield OneOf(name.removesuffix("s"), values)


def _levels(request: Any) -> Iterator[Condition]:
    if request.levels:
        yield OneOf("level", [str(level).removeprefix("LOG_LEVEL_") for level in request.levels])


def _times(request: Any) -> Iterator[Condition]:
    if request.timestamp_before is not None:
        yield NotAfter(request.timestamp_before)
    if request.timestamp_after is not None:
        yield After(request.timestamp_after)


def _text(request: Any) -> Iterator[Condition]:
    if request.search_text:
        yield Contains(request.search_text)
