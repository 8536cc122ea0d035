"""What PostgreSQL makes of a JSON value that is cast: `(document ->> 'key')::integer` and `::double precision`.

A value that cannot be cast makes the whole query fail, as it does in the master.
"""
from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from fakedet.domain.errors import Internal

_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_DOUBLE = re.compile(r"[+-]?(\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?|inf(inity)?|nan)", re.ASCII | re.IGNORECASE)
_SPACE = " \t\n\r\v\f"
_LARGEST_INTEGER = 2**31 - 1
_EXACT = 2**53


def as_integer(value: Any) -> int | None:
    """The value as an integer; null stays null."""
    if type(value) is int and abs(value) <= _LARGEST_INTEGER:
        return value
    if value is None:
        return None
    text = as_text(value)
    if not _INTEGER.fullmatch(text.strip(_SPACE)):
        raise Internal(f'ERROR: invalid input syntax for type integer: "{text}" (SQLSTATE 22P02)')
    if not -_LARGEST_INTEGER - 1 <= int(text) <= _LARGEST_INTEGER:
        raise Internal(f'ERROR: value "{text}" is out of range for type integer (SQLSTATE 22003)')
    return int(text)


def as_double(value: Any) -> float | None:
    """The value as a double, with NaN and infinities from their names; null stays null."""
    if value is None or type(value) in (float, int):
        return value  # type: ignore[no-any-return]
    text = as_text(value)
    if not _DOUBLE.fullmatch(text.strip(_SPACE)):
        raise Internal(f'ERROR: invalid input syntax for type double precision: "{text}" (SQLSTATE 22P02)')
    return float(text)


def as_text(value: Any) -> str:
    """What `->>` gives for a value: strings bare, all else as jsonb prints it."""
    return value if isinstance(value, str) else _printed(value)


def storage_order(name: str) -> tuple[int, bytes]:
    """jsonb keeps its keys by length, then by bytes."""
    encoded = name.encode("utf-8", "surrogateescape")
    return len(encoded), encoded


def _printed(value: Any) -> str:
    """Keys in the order in which they are kept; numbers without exponents."""
    if isinstance(value, dict):
        keys = sorted(value, key=storage_order)
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {_printed(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(_printed, value))}]"
    return _number(value) if type(value) is float else json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < _EXACT else format(Decimal(repr(value)), "f")
