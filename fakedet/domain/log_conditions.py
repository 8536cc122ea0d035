"""Conditions on log lines. Each can tell of a line whether it fulfils it, and of a whole segment whether any of its lines may."""
from __future__ import annotations

import re
from typing import Any, Iterable, Mapping, Protocol

from fakedet.domain.log_segments import text_of
from fakedet.domain.sql_text import like_pattern

Row = Mapping[str, Any]
#: Characters that stand for themselves in a pattern, in PostgreSQL's escaped bytes and in JSON; digits may come from an escape.
_PLAIN_RUNS = re.compile(r'[^\x00-\x1f"\\0-9%_\x7f-\U0010ffff]+')


class Condition(Protocol):
    """What a log line can be held against."""

    def matches(self, row: Row) -> bool:
        """Whether the line fulfils it."""

    def may_match(self, segment: Row) -> bool:
        """False if no line of the segment fulfils it."""


class OneOf:
    """A field has one of these values."""

    def __init__(self, field: str, values: Iterable[Any]):
        self._field, self._values = field, frozenset(values)

    def matches(self, row: Row) -> bool:
        """Whether the line fulfils it."""
        return row[self._field] in self._values

    def may_match(self, segment: Row) -> bool:
        """False if no line of the segment fulfils it."""
        return not self._values.isdisjoint(segment["values"].get(self._field) or (segment[self._field],))


class NotAfter:
    """The line is of this time or earlier."""

    def __init__(self, time: int):
        self._time = time

    def matches(self, row: Row) -> bool:
        """Whether the line fulfils it."""
        return row["timestamp"] is not None and row["timestamp"] <= self._time

    def may_match(self, segment: Row) -> bool:
        """False if no line of the segment fulfils it."""
        return segment["earliest"] is not None and segment["earliest"] <= self._time


class After:
    """The line is of a later time than this."""

    def __init__(self, time: int):
        self._time = time

    def matches(self, row: Row) -> bool:
        """Whether the line fulfils it."""
        return row["timestamp"] is not None and row["timestamp"] > self._time

    def may_match(self, segment: Row) -> bool:
        """False if no line of the segment fulfils it."""
        return segment["latest"] is not None and segment["latest"] > self._time


class Contains:
    """The text of the line contains another, in any case; `%` and `_` in it are wildcards, and a backslash at its end takes one away."""

    def __init__(self, text: str):
        self._pattern = re.compile(like_pattern(f"%%{text}%%"), re.IGNORECASE | re.DOTALL)
        self._certain = max(_PLAIN_RUNS.findall(text), key=len, default="").lower()

    def matches(self, row: Row) -> bool:
        """Whether the line fulfils it."""
        return self._pattern.fullmatch(as_escaped_bytes(row["log"])) is not None

    def may_match(self, segment: Row) -> bool:
        """False if no line of the segment fulfils it."""
        return self._certain in text_of(segment).lower()


def as_escaped_bytes(text: str) -> str:
    """The text as PostgreSQL's encode(..., 'escape') gives it: backslashes doubled, bytes beyond ASCII as octal numbers."""
    escaped = text.replace("\\", "\\\\")
    if escaped.isascii() and "\0" not in escaped:
        return escaped
    return "".join(chr(byte) if 0 < byte < 128 else f"\\{byte:03o}" for byte in escaped.encode("utf-8", "surrogatepass"))
