"""Which log lines a request asks for, as the master's SQL decides it (master: postgres_filters.go).

Asking for rank -1 ("no rank") adds an OR without parentheses: all lines of the task that have no rank, whatever else is asked for, and
lines of ANY task that have one of the ranks asked for (-1 among them) and fulfil the other conditions. That is how 0.38.1 answers.
"""
from __future__ import annotations

from typing import Any, Iterator, Mapping, Sequence

from fakedet.domain.log_conditions import After, Condition, Contains, NotAfter, OneOf

Row = Mapping[str, Any]
NO_RANK = -1
LISTS = ("allocation_ids", "agent_ids", "container_ids", "stdtypes", "sources")


class LogFilter:
    """Holds log lines against the conditions of a request for one task's logs."""

    def __init__(self, task_id: str, request: Any):
        ranks: Sequence[Condition] = [OneOf("rank_id", request.rank_ids)] if request.rank_ids else []
        others = [*_listed(request), *_levels(request), *_times(request), *_text(request)]
        self.crosses_tasks = NO_RANK in request.rank_ids
        self._own: Sequence[Condition] = [OneOf("task_id", [task_id]), *ranks, *others]
        self._leaking: Sequence[Condition] = []
        if self.crosses_tasks:
            self._own, self._leaking = [OneOf("task_id", [task_id]), OneOf("rank_id", [None])], [*ranks, *others]

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


def _listed(request: Any) -> Iterator[Condition]:
    """Conditions for the lists of the request that are not empty; `agent_ids` holds values of `agent_id`."""
    for name in LISTS:
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
