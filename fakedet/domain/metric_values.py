"""The values of metrics: how the database keeps them, and when two are the same (master: db/postgres_trial.go)."""
from __future__ import annotations

import math
from typing import Any

#: Up to here every whole number is a double.
EXACT = 2**53


def as_json(value: float) -> float | str:
    """A float as it is kept: NaN and the infinities by their names."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def as_kept(value: Any) -> Any:
    """A free JSON value as the database keeps it: numbers are doubles, and it knows no negative zero."""
    if isinstance(value, dict):
        return {key: as_kept(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_kept(item) for item in value]
    if type(value) is int:
        return value if abs(value) <= EXACT else float(value)
    return 0 if type(value) is float and value == 0 else value


def are_same(one: Any, other: Any) -> bool:
    """Whether two values are equal, types included: 1 is 1.0 but not true."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(are_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(are_same, one, other))
    return bool(one == other)
