"""PostgreSQL's quicksort (src/include/lib/sort_template.h): not stable, so this is what decides the order of rows that tie in ORDER BY."""
from __future__ import annotations

from itertools import pairwise
from operator import itemgetter
from typing import Any, Callable, TypeVar

Item = TypeVar("Item")
#: Up to here insertion does; from there on the middle is guessed from three, and from nine.
INSERTION, THREE, NINE = 7, 7, 40


def pg_sorted(items: list[Item], key: Callable[[Item], Any], descending: bool = False) -> list[Item]:
    """The items as PostgreSQL leaves them that were read in this order."""
    pairs = [(key(item), item) for item in items]
    plain = sorted(pairs, key=itemgetter(0), reverse=descending)
    if all(one[0] != other[0] for one, other in pairwise(plain)):  # without ties every sort gives the same
        return [item for _, item in plain]
    sorting = _Sorting(pairs, -1 if descending else 1)
    sorting.sort(0, len(items))
    return [item for _, item in sorting.pairs]


class _Sorting:
    def __init__(self, pairs: list[tuple[Any, Any]], direction: int):
        self.pairs, self._direction = pairs, direction

    def sort(self, start: int, count: int) -> None:
        """Put `count` items from `start` on in order."""
        while count >= INSERTION and not self._is_sorted(start, count):
            low, high = self._partition(start, count)
            left, right = (start, low), (start + count - high, high)
            first, (start, count) = (left, right) if low <= high else (right, left)
            self.sort(*first)
        if count < INSERTION:
            self._insert(start, count)

    def _compare(self, left: int, right: int) -> int:
        one, other = self.pairs[left][0], self.pairs[right][0]
        return self._direction * ((one > other) - (one < other))

    def _is_sorted(self, start: int, count: int) -> bool:
        return all(self._compare(at - 1, at) <= 0 for at in range(start + 1, start + count))

    def _insert(self, start: int, count: int) -> None:
        for end in range(start + 1, start + count):
            for at in range(end, start, -1):
                if self._compare(at - 1, at) <= 0:
                    break
                self._swap(at - 1, at)

    def _partition(self, start: int, count: int) -> tuple[int, int]:
        """Divide by a middle item: how many are below it, how many above."""
        self._swap(start, self._middle(start, count))
        left_equal = at = start + 1
        end = right_equal = start + count - 1
        while True:
            while at <= end and (order := self._compare(at, start)) <= 0:
                if order == 0:
                    self._swap(left_equal, at)
                    left_equal += 1
                at += 1
            while at <= end and (order := self._compare(end, start)) >= 0:
                if order == 0:
                    self._swap(end, right_equal)
                    right_equal -= 1
                end -= 1
            if at > end:
                break
            self._swap(at, end)
            at, end = at + 1, end - 1
        below, above = at - left_equal, right_equal - end
        self._swap_ranges(start, at, min(left_equal - start, below))
        self._swap_ranges(at, start + count, min(above, start + count - right_equal - 1))
        return below, above

    def _middle(self, start: int, count: int) -> int:
        low, middle, high = start, start + count // 2, start + count - 1
        if count <= THREE:
            return middle
        if count > NINE:
            step = count // 8
            low = self._median(low, low + step, low + 2 * step)
            middle = self._median(middle - step, middle, middle + step)
            high = self._median(high - 2 * step, high - step, high)
        return self._median(low, middle, high)

    def _median(self, one: int, two: int, three: int) -> int:
        if self._compare(one, two) < 0:
            if self._compare(two, three) < 0:
                return two
            return three if self._compare(one, three) < 0 else one
        if self._compare(two, three) > 0:
            return two
        return one if self._compare(one, three) < 0 else three

    def _swap(self, one: int, other: int) -> None:
        self.pairs[one], self.pairs[other] = self.pairs[other], self.pairs[one]

    def _swap_ranges(self, start: int, end: int, count: int) -> None:
        """Swap the `count` items from `start` on with the `count` items before `end`."""
        for number in range(count):
            self._swap(start + number, end - count + number)
