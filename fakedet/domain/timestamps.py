"""Timestamps on the wire: RFC 3339 as Go's time package reads it, with its errors, and as protobuf's JSON writes it.

Inside fakedet a time is an int: microseconds since the epoch, UTC.
"""
from __future__ import annotations

import re
from datetime import date, datetime, timedelta

LAYOUT = "2006-01-02T15:04:05.999999999Z07:00"
_EPOCH = datetime(1970, 1, 1)
_MICROSECOND = timedelta(microseconds=1)
_USUAL = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z", re.ASCII)
#: The steps of LAYOUT: its element, the pattern Go takes for it, the range it may have and the range's name.
_STEPS = [
    ("2006", r"(\d{4})", None), ("-", "-", None), ("01", r"(\d\d)", ("month", 1, 12)), ("-", "-", None),
    ("02", r"(\d\d)", None), ("T", "T", None), ("15", r"(\d\d?)", ("hour", 0, 23)), (":", ":", None),
    ("04", r"(\d\d)", ("minute", 0, 59)), (":", ":", None), ("05", r"(\d\d)", ("second", 0, 59)),
    (".999999999", r"(?:[.,](\d+))?", None), ("Z07:00", r"(Z|[+-]\d\d:\d\d)", None),
]
_COMPILED = [(element, re.compile(pattern, re.ASCII), limits) for element, pattern, limits in _STEPS]
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class GoTimeError(ValueError):
    """Text that time.Parse refuses; the message is Go's."""


def parse_time(text: str) -> int:
    """Microseconds of an RFC 3339 text; anything finer is cut off."""
    usual = _USUAL.fullmatch(text)
    if usual:
        *parts, fraction = usual.groups()
        try:
            moment = datetime(*map(int, parts))  # type: ignore[arg-type]
        except ValueError:
            return _parse_slowly(text)
        return (moment - _EPOCH) // _MICROSECOND + _microseconds(fraction)
    return _parse_slowly(text)


def format_time(microseconds: int) -> str:
    """RFC 3339 in UTC with 0, 3 or 6 digits of fraction."""
    text = (_EPOCH + timedelta(microseconds=microseconds)).isoformat()
    return f"{text[:-3] if text.endswith('000') and '.' in text else text}Z"


def format_time_of_go(microseconds: int) -> str:
    """RFC 3339 in UTC with as many digits of fraction as it takes: Go's own JSON, and its CSV files."""
    text = (_EPOCH + timedelta(microseconds=microseconds)).isoformat()
    return f"{text.rstrip('0') if '.' in text else text}Z"


def _parse_slowly(text: str) -> int:
    parts, rest = [], text
    for element, pattern, limits in _COMPILED:
        found = pattern.match(rest)
        if found is None:
            raise _cannot_parse(text, rest, element)
        if found.re.groups:
            parts.append(found.group(1))
        if limits and not limits[1] <= int(found.group(1)) <= limits[2]:
            raise _out_of_range(text, limits[0])
        rest = rest[found.end():]
    offset = _offset_minutes(text, parts[-1])
    if rest:
        raise GoTimeError(f"parsing time {quoted(text)}: extra text: {quoted(rest)}")
    return _composed(text, parts) - offset * 60_000_000


def _composed(text: str, parts: list[str]) -> int:
    year, month, day, hour, minute, second = map(int, parts[:6])
    leap_day = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= day <= _DAYS[month - 1] + leap_day:
        raise _out_of_range(text, "day")
    days = date(year + (400 if year == 0 else 0), month, day).toordinal() - (146_097 if year == 0 else 0)
    seconds = ((days - _EPOCH.toordinal()) * 24 + hour) * 3600 + minute * 60 + second
    return seconds * 1_000_000 + _microseconds(parts[6])


def _offset_minutes(text: str, zone: str) -> int:
    if zone == "Z":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if hours > 24:
        raise _out_of_range(text, "time zone offset hour")
    if minutes > 60:
        raise _out_of_range(text, "time zone offset minute")
    return (hours * 60 + minutes) * (-1 if zone[0] == "-" else 1)


def _microseconds(fraction: str | None) -> int:
    return int((fraction or "0")[:6].ljust(6, "0"))


def _cannot_parse(text: str, rest: str, element: str) -> GoTimeError:
    return GoTimeError(f"parsing time {quoted(text)} as {quoted(LAYOUT)}: cannot parse {quoted(rest)} as {quoted(element)}")


def _out_of_range(text: str, what: str) -> GoTimeError:
    return GoTimeError(f"parsing time {quoted(text)}: {what} out of range")


def quoted(text: str) -> str:
    """The time package's own quoting: bytes outside printable ASCII in hexadecimal."""
    shown = (f"\\{char}" if char in '"\\' else char if " " <= char < "\x80" else
             "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogateescape")) for char in text)
    return '"' + "".join(shown) + '"'
