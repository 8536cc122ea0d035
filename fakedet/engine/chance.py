"""Chance that is a function of its key: the same on every Python version and platform, with no state to keep.

Synthetic trials draw from here, so asking for step 500 before step 100, or after a restore, gives the same numbers.
"""

from __future__ import annotations

from hashlib import blake2b
from struct import Struct

_FRACTION_BITS = 53
_DRAWS = Struct(">3Q")


def uniform(*key: object) -> float:
    """A number in [0, 1) for this key."""
    return _draws(key)[0]


def between(low: float, high: float, *key: object) -> float:
    """A number in [low, high) for this key."""
    return low + (high - low) * uniform(*key)


def bell(*key: object) -> float:
    """A number around 0 with deviation 1 for this key, never beyond 3: the sum of three uniform draws."""
    first, second, third = _draws(key)  # not sum(): it adds floats differently from Python 3.12 on
    return (first + second + third - 1.5) * 2


def _draws(key: tuple[object, ...]) -> tuple[float, float, float]:
    first, second, third = _DRAWS.unpack(blake2b(repr(key).encode(), digest_size=_DRAWS.size).digest())
    return _fraction(first), _fraction(second), _fraction(third)


def _fraction(word: int) -> float:
    return (word >> (64 - _FRACTION_BITS)) / (1 << _FRACTION_BITS)
