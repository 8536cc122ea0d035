"""The parameters of a synthetic trial's model: shapes by name, and values that are functions of the trial's seed and the step."""
from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_HALF_WAY = 100
Shapes = Mapping[str, Sequence[int]]


def is_shape(shape: Any) -> bool:
    """Whether it lists sizes of 0 and more."""
    return isinstance(shape, list) and all(type(size) is int and size >= 0 for size in shape)


def parameter_values(key: tuple[Any, ...], count: int, step: int) -> Iterator[float]:
    """`count` numbers around 0 that move from where they started to where they settle, half of the way in the first 100 steps."""
    left = _HALF_WAY / (_HALF_WAY + step)
    for start, goal in zip(_fractions(("start", *key), count), _fractions(("goal", *key), count), strict=True):
        yield goal + left * (start - goal)


def _fractions(key: tuple[Any, ...], count: int) -> list[float]:
    words = struct.unpack(f"<{count}i", random_bytes(key, 4 * count))
    return [word / (1 << 31) for word in words]


def random_bytes(key: tuple[Any, ...], length: int) -> bytes:
    """`length` bytes that depend on the key alone."""
    return hashlib.shake_128(repr(key).encode()).digest(length)
