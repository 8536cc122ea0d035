"""Choosing points of a series that is longer than asked for."""
from __future__ import annotations

from typing import Sequence, TypeVar

Point = TypeVar("Point")


def sampled(points: Sequence[Point], most: int) -> list[Point]:
    """At most that many points, spread evenly, the first and the last among them; all if the number is negative.

    The master takes them at random; any choice is one that it might make.

    >>> sampled(range(10), 4)
    [0, 3, 6, 9]
    """
    if not 0 <= most < len(points):
        return list(points)
    last = len(points) - 1
    positions = (index * last // (most - 1) for index in range(most)) if most > 1 else [last] * most
    return [points[position] for position in positions]
