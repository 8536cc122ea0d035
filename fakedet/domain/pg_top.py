"""PostgreSQL's heap of the first rows (src/backend/utils/sort/tuplesort.c): with a LIMIT, it decides the order of rows that tie in ORDER BY."""
from __future__ import annotations

from typing import Any, Callable, TypeVar

from fakedet.domain.pg_sort import pg_sorted

Item = TypeVar("Item")


def pg_first(items: list[Item], key: Callable[[Item], Any], most: int, descending: bool = False) -> list[Item]:
    """The first `most` items as PostgreSQL leaves them that were read in this order; it sorts all if they are no more than twice as many."""
    if len(items) <= 2 * most:
        return pg_sorted(items, key, descending)[:most]
    heap = _Heap(-1 if descending else 1)
    for item in items:
        heap.offer((key(item), item), most)
    return [item for _, item in heap.emptied()]


class _Heap:
    """The last of those kept is on top; one that ties with it comes too late."""

    def __init__(self, direction: int):
        self._pairs: list[tuple[Any, Any]] = []
        self._direction = direction

    def offer(self, pair: tuple[Any, Any], most: int) -> None:
        """Keep this one if it is among the first."""
        if len(self._pairs) < most:
            self._rise(pair)
        elif self._pairs and self._after(self._pairs[0], pair):
            self._sink(pair, len(self._pairs))

    def emptied(self) -> list[tuple[Any, Any]]:
        """Those kept, in order."""
        for count in range(len(self._pairs) - 1, 0, -1):
            top, last = self._pairs[0], self._pairs[count]
            self._sink(last, count)
            self._pairs[count] = top
        return self._pairs

    def _rise(self, pair: tuple[Any, Any]) -> None:
        place = len(self._pairs)
        self._pairs.append(pair)
        while place and self._after(pair, self._pairs[(place - 1) // 2]):
            self._pairs[place] = self._pairs[(place - 1) // 2]
            place = (place - 1) // 2
        self._pairs[place] = pair

    def _sink(self, pair: tuple[Any, Any], count: int) -> None:
        """Put this one in place of the top of a heap of `count`."""
        place = 0
        while (child := 2 * place + 1) < count:
            if child + 1 < count and self._after(self._pairs[child + 1], self._pairs[child]):
                child += 1
            if not self._after(self._pairs[child], pair):
                break
            self._pairs[place] = self._pairs[child]
            place = child
        self._pairs[place] = pair

    def _after(self, one: tuple[Any, Any], other: tuple[Any, Any]) -> bool:
        return bool(one[0] > other[0] if self._direction > 0 else one[0] < other[0])
