"""Free JSON values as Go's fmt prints them with %v."""
from __future__ import annotations

import math
from typing import Any


def printed(value: Any) -> str:
    """`map[a:1 b:[x <nil>]]`: keys sorted, numbers as doubles with the fewest digits, exponents from 1e21 on."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return _number(float(value))
    if isinstance(value, list):
        return f"[{' '.join(map(printed, value))}]"
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{printed(value[key])}' for key in sorted(value))}]"
    return str(value)


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{value:+}".title()
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return repr(value)
