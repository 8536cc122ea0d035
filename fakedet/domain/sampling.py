"""The rows that PostgreSQL takes at random for a series that is longer than asked for: `ORDER BY random() LIMIT most` after `setseed(1)`.

So the master's choice is no chance: it depends on how many rows there are, and on nothing else. PostgreSQL (since release 15) draws with
xoroshiro128**, whose state it fills by SplitMix64 (src/common/pg_prng.c).
"""
from __future__ import annotations

from array import array
from functools import cache
from itertools import islice
from typing import Iterator, Sequence

_BITS = 2**64 - 1
#: What setseed(1) makes of its argument.
_SEED = 2**52 - 1


def drawn(count: int, most: int) -> list[int]:
    """Which of `count` rows, numbered as they are read, in the order in which they come; all of them if the limit is none.

    >>> drawn(5, 3)
    [2, 0, 3]
    """
    places = (place for place in _order(1 << max(count - 1, 0).bit_length()) if place < count)
    return list(islice(places, most if most >= 0 else None))


@cache
def _order(count: int) -> Sequence[int]:
    """The numbers of so many rows by what is drawn for each; made once a process, for powers of two only."""
    numbers = array("Q", islice(_numbers(), count))
    return array("I", sorted(range(count), key=numbers.__getitem__))


def _numbers() -> Iterator[int]:
    """What is drawn, row by row: fractions in units of 2**-52."""
    one, other = _mixed(_SEED, 1), _mixed(_SEED, 2)
    while True:
        yield _rotated(one * 5 & _BITS, 7) * 9 >> 12 & 2**52 - 1
        other ^= one
        one, other = _rotated(one, 24) ^ other ^ other << 16 & _BITS, _rotated(other, 37)


def _mixed(seed: int, steps: int) -> int:
    """The number that SplitMix64 gives at its so many-th step."""
    number = seed + steps * 0x9E3779B97F4A7C15 & _BITS
    number = (number ^ number >> 30) * 0xBF58476D1CE4E5B9 & _BITS
    number = (number ^ number >> 27) * 0x94D049BB133111EB & _BITS
    return number ^ number >> 31


def _rotated(number: int, by: int) -> int:
    return (number << by | number >> 64 - by) & _BITS
