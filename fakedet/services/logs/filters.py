"""Which log lines a request asks for, as the master's SQL decides it (master: postgres_filters.go).

The conditions are joined in a fixed order. Asking for rank -1 ("no rank") beside others adds an OR without parentheses: lines of ANY
task with one of those ranks come in as well, held only against the conditions that follow. That is how 0.38.1 answers.
"""
from __future__ import annotations

import re
from typing import Any, Callable, Iterator, Mapping

from fakedet.domain.sql_text import like_pattern

Row = Mapping[str, Any]
Condition = Callable[[Row], bool]
NO_RANK = -1


class LogFilter:
    """Holds log lines against the conditions of a request for one task's logs."""

    def __init__(self, task_id: str, request: Any):
        ranks = [rank for rank in request.rank_ids if rank != NO_RANK]
        before = [_equals("task_id", task_id), *_listed(request, "allocation_ids", "agent_ids", "container_ids")]
        after = [*_listed(request, "stdtypes", "sources"), *_levels(request), *_times(request), *_text(request)]
        self._leaks = NO_RANK in request.rank_ids and bool(ranks)
        if NO_RANK in request.rank_ids:
            self._before = [*before, _equals("rank_id", None)] if self._leaks else [*before, _equals("rank_id", None), *after]
            self._after = [_among("rank_id", ranks), *after]
        else:
            self._before = [*before, *([_among("rank_id", ranks)] if ranks else []), *after]
            self._after = []

    @property
    def crosses_tasks(self) -> bool:
        """Whether lines of other tasks can match."""
        return self._leaks

    def matches(self, row: Row, after_id: int = 0) -> bool:
        """Whether the line is asked for, on the page that begins beyond the line `after_id`."""
        if all(condition(row) for condition in self._before) and (self._leaks or row["id"] > after_id):
            return True
        return self._leaks and row["id"] > after_id and all(condition(row) for condition in self._after)


def _equals(field: str, value: Any) -> Condition:
    return lambda row: row[field] == value


def _among(field: str, values: Any) -> Condition:
    wanted = frozenset(values)
    return lambda row: row[field] in wanted


def _listed(request: Any, *names: str) -> Iterator[Condition]:
    """Conditions for the lists of the request that are not empty; `agent_ids` holds values of `agent_id`."""
    for name in names:
        values = getattr(request, name, None)
        if values:
            yield _among(name.removesuffix("s"), values)


def _levels(request: Any) -> Iterator[Condition]:
    if request.levels:
        yield _among("level", [str(level).removeprefix("LOG_LEVEL_") for level in request.levels])


def _times(request: Any) -> Iterator[Condition]:
    before, after = request.timestamp_before, request.timestamp_after
    if before is not None:
        yield lambda row: row["timestamp"] is not None and row["timestamp"] <= before
    if after is not None:
        yield lambda row: row["timestamp"] is not None and row["timestamp"] > after


def _text(request: Any) -> Iterator[Condition]:
    if request.search_text:
        pattern = re.compile(like_pattern(f"%{request.search_text}%"), re.IGNORECASE | re.DOTALL)
        yield lambda row: pattern.fullmatch(as_escaped_bytes(row["log"])) is not None


def as_escaped_bytes(text: str) -> str:
    """The text as PostgreSQL's encode(..., 'escape') gives it: backslashes doubled, bytes beyond ASCII as octal numbers."""
    escaped = text.replace("\\", "\\\\").encode("utf-8", "surrogatepass")
    return "".join(chr(byte) if 0 < byte < 128 else f"\\{byte:03o}" for byte in escaped)
