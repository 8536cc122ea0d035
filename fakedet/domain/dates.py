"""Days and months as texts, read as Go's time.Parse does, and the moments at which they begin."""
from __future__ import annotations

import re
from datetime import date, timedelta

from fakedet.domain.timestamps import GoTimeError, quoted

_EPOCH = date(1970, 1, 1)
_DAY = 24 * 3600 * 1_000_000
_YEAR, _MONTH, _DAY_OF_MONTH, _DASH = ("2006", r"\d{4}"), ("01", r"\d\d"), ("02", r"\d\d"), ("-", "-")
_DAYS = ("2006-01-02", (_YEAR, _DASH, _MONTH, _DASH, _DAY_OF_MONTH))
_MONTHS = ("2006-01", (_YEAR, _DASH, _MONTH))


def parse_day(text: str) -> date:
    """A day like 2024-05-01; raises GoTimeError."""
    return _parsed(text, *_DAYS)


def parse_month(text: str) -> date:
    """The first day of a month like 2024-05; raises GoTimeError."""
    return _parsed(text, *_MONTHS)


def end_of_month(first: date) -> date:
    """The last day of the month that begins with `first`."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def day_of(microseconds: int) -> date:
    """The day of a moment, UTC."""
    return _EPOCH + timedelta(days=microseconds // _DAY)


def span_of(day: date) -> tuple[int, int]:
    """When a day begins and when the next one does, in microseconds since the epoch."""
    start = (day - _EPOCH).days * _DAY
    return start, start + _DAY


def _parsed(text: str, layout: str, steps: tuple[tuple[str, str], ...]) -> date:
    numbers, rest = [], text
    for element, pattern in steps:
        found = re.match(pattern, rest, re.ASCII)
        if found is None:
            raise GoTimeError(f"parsing time {quoted(text)} as {quoted(layout)}: cannot parse {quoted(rest)} as {quoted(element)}")
        if found.group().isdigit():
            numbers.append(int(found.group()))
        if element == "01" and not 1 <= numbers[-1] <= 12:
            raise GoTimeError(f"parsing time {quoted(text)}: month out of range")
        rest = rest[found.end():]
    if rest:
        raise GoTimeError(f"parsing time {quoted(text)}: extra text: {quoted(rest)}")
    try:
        return date(numbers[0], numbers[1], numbers[2] if len(numbers) == 3 else 1)
    except ValueError:
        raise GoTimeError(f"parsing time {quoted(text)}: day out of range") from None
