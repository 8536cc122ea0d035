"""Durations as Go writes them (`1h30m`, `-1.5s`): time.ParseDuration with its errors."""
from __future__ import annotations

import re
from decimal import Decimal

from fakedet.domain.timestamps import quoted

#: Nanoseconds of each unit.
UNITS = {"ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000, "h": 3_600_000_000_000}
_LONGEST = 1 << 63
_PART = re.compile(r"([0-9]*)(\.[0-9]*)?([^.0-9]*)", re.ASCII)


class GoDurationError(ValueError):
    """Text that is no duration; the message is Go's."""


def parse_duration(text: str) -> int:
    """The duration in nanoseconds."""
    negative, rest = text[:1] == "-", text[1:] if text[:1] in ("+", "-") else text
    if rest == "0":
        return 0
    if not rest:
        raise _invalid(text)
    nanoseconds = 0
    while rest:
        part, rest = _part(text, rest)
        nanoseconds += part
    if nanoseconds > _LONGEST - (not negative):
        raise _invalid(text)
    return -nanoseconds if negative else nanoseconds


def format_seconds(seconds: int) -> str:
    """As Go writes it.

    >>> format_seconds(3600), format_seconds(90), format_seconds(5)
    ('1h0m0s', '1m30s', '5s')
    """
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return (f"{hours}h" if hours else "") + (f"{minutes}m" if hours or minutes else "") + f"{rest}s"


def format_nanoseconds(nanoseconds: int) -> str:
    """As Go writes it: less than a second in the largest unit that leaves no zero before the point.

    >>> format_nanoseconds(90_500_000_000), format_nanoseconds(1_500_000), format_nanoseconds(-3), format_nanoseconds(0)
    ('1m30.5s', '1.5ms', '-3ns', '0s')
    """
    sign, size = "-" if nanoseconds < 0 else "", abs(nanoseconds)
    if 0 < size < UNITS["s"]:
        unit = next(name for name in ("ms", "µs", "ns") if size >= UNITS[name])
        return f"{sign}{_decimal(size, UNITS[unit])}{unit}"
    whole, rest = divmod(size, UNITS["s"])
    return sign + format_seconds(whole)[:-1] + _decimal(rest, UNITS["s"])[1:] + "s"


def _decimal(number: int, unit: int) -> str:
    """`number / unit` in as many digits as it has."""
    return format(Decimal(number) / unit, "f") if number % unit else str(number // unit)


def _part(text: str, rest: str) -> tuple[int, str]:
    """The first number with its unit, and what follows."""
    found = _PART.match(rest)
    assert found is not None
    whole, fraction, unit = found.groups(default="")
    if not whole and len(fraction) < 2:
        raise _invalid(text)
    if not unit:
        raise GoDurationError(f"time: missing unit in duration {quoted(text)}")
    if unit not in UNITS:
        raise GoDurationError(f"time: unknown unit {quoted(unit)} in duration {quoted(text)}")
    nanoseconds = int(whole or "0") * UNITS[unit] + int(Decimal("0" + (fraction if len(fraction) > 1 else "")) * UNITS[unit])
    if nanoseconds > _LONGEST:
        raise _invalid(text)
    return nanoseconds, rest[found.end():]


def _invalid(text: str) -> GoDurationError:
    return GoDurationError(f"time: invalid duration {quoted(text)}")
