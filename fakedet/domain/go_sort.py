"""Go's sort.Slice: the exact order it leaves, for any comparison whatever.

The sort is not stable, and the master hands it comparisons that are not orders (NaN, missing values on both sides), so
what a client sees is decided by which elements meet. This follows Go's pattern-defeating quicksort comparison by
comparison: insertion sort up to 12 elements, a median of three or nine as pivot, heap sort when pivots stay bad.
"""
from __future__ import annotations

from typing import Any, Callable, MutableSequence, TypeVar

Item = TypeVar("Item")
Less = Callable[[Item, Item], bool]

_LONGEST_INSERTION = 12
_SHORTEST_NINTHER = 50
_SHORTEST_SHIFTING = 50
_MOST_SHIFTS = 5
_MOST_MEDIAN_SWAPS = 12


def sort_slice(items: MutableSequence[Item], less: Less[Item]) -> None:
    """Sorts in place; `less(a, b)` compares two elements."""
    _Sort(items, less).run(0, len(items), len(items).bit_length())


class _Sort:
    """One run of the sort over `items`; ranges are [low, high)."""

    def __init__(self, items: MutableSequence[Any], less: Less[Any]):
        self.items = items
        self.less = less

    def run(self, low: int, high: int, bad_pivots_left: int) -> None:
        balanced = partitioned = True
        while high - low > _LONGEST_INSERTION:
            if bad_pivots_left == 0:
                return self.heap_sort(low, high)
            if not balanced:
                self.break_patterns(low, high)
                bad_pivots_left -= 1
            pivot, swaps = self.choose_pivot(low, high)
            if swaps == _MOST_MEDIAN_SWAPS:
                self.reverse(low, high)
                pivot, swaps = high - 1 - (pivot - low), 0
            if balanced and partitioned and swaps == 0 and self.finish_nearly_sorted(low, high):
                return None
            if low > 0 and not self.less(self.items[low - 1], self.items[pivot]):
                low = self.partition_equal(low, high, pivot)
                continue
            length = high - low
            middle, partitioned = self.partition(low, high, pivot)
            balanced = min(middle - low, high - middle) >= length // 8
            if middle - low < high - middle:
                self.run(low, middle, bad_pivots_left)
                low = middle + 1
            else:
                self.run(middle + 1, high, bad_pivots_left)
                high = middle
        return self.insertion_sort(low, high)

    def insertion_sort(self, low: int, high: int) -> None:
        items, less = self.items, self.less
        for i in range(low + 1, high):
            item = items[i]
            while i > low and less(item, items[i - 1]):
                items[i] = items[i - 1]
                i -= 1
            items[i] = item

    def partition(self, low: int, high: int, pivot: int) -> tuple[int, bool]:
        """Smaller ones left of the pivot, the others right: where the pivot now is, and whether nothing had to move."""
        items, less = self.items, self.less
        self.swap(low, pivot)
        value = items[low]
        i, j = low + 1, high - 1
        moved = False
        while True:
            while i <= j and less(items[i], value):
                i += 1
            while i <= j and not less(items[j], value):
                j -= 1
            if i > j:
                self.swap(j, low)
                return j, not moved
            self.swap(i, j)
            i, j, moved = i + 1, j - 1, True

    def partition_equal(self, low: int, high: int, pivot: int) -> int:
        """Those equal to the pivot left, the greater ones right: where these begin. Nothing is smaller than the pivot."""
        items, less = self.items, self.less
        self.swap(low, pivot)
        value = items[low]
        i, j = low + 1, high - 1
        while True:
            while i <= j and not less(value, items[i]):
                i += 1
            while i <= j and less(value, items[j]):
                j -= 1
            if i > j:
                return i
            self.swap(i, j)
            i, j = i + 1, j - 1

    def finish_nearly_sorted(self, low: int, high: int) -> bool:
        """Puts a few neighbours in order; true if that sorted the whole range."""
        i = low + 1
        for _ in range(_MOST_SHIFTS):
            while i < high and not self.less(self.items[i], self.items[i - 1]):
                i += 1
            if i == high:
                return True
            if high - low < _SHORTEST_SHIFTING:
                return False
            self.swap(i, i - 1)
            self.shift_around(i, low, high)
        return False

    def shift_around(self, i: int, low: int, high: int) -> None:
        """Moves the two elements just swapped on to where they belong (past `low` if need be, as Go does)."""
        if i - low >= 2:
            self.shift(range(i - 1, 0, -1))
        if high - i >= 2:
            self.shift(range(i + 1, high))

    def shift(self, positions: range) -> None:
        for j in positions:
            if not self.less(self.items[j], self.items[j - 1]):
                return
            self.swap(j, j - 1)

    def choose_pivot(self, low: int, high: int) -> tuple[int, int]:
        """Index of a median of samples, and how many of the comparisons found a disorder."""
        quarter = (high - low) // 4
        samples = [low + quarter, low + quarter * 2, low + quarter * 3]
        swaps = 0
        if high - low >= _SHORTEST_NINTHER:
            for position, sample in enumerate(samples):
                samples[position], found = self.median(sample - 1, sample, sample + 1)
                swaps += found
        middle, found = self.median(*samples)
        return middle, swaps + found

    def median(self, a: int, b: int, c: int) -> tuple[int, int]:
        items, less = self.items, self.less
        swaps = 0
        if less(items[b], items[a]):
            a, b, swaps = b, a, swaps + 1
        if less(items[c], items[b]):
            b, c, swaps = c, b, swaps + 1
        if less(items[b], items[a]):
            a, b, swaps = b, a, swaps + 1
        return b, swaps

    def break_patterns(self, low: int, high: int) -> None:
        """Scatters three elements of the middle; the random numbers depend on the length alone."""
        length = high - low
        mask = (1 << length.bit_length()) - 1
        random = length
        first = low + length // 4 * 2 - 1
        for position in range(first, first + 3):
            random = _next_random(random)
            other = random & mask
            self.swap(position, low + (other - length if other >= length else other))

    def heap_sort(self, low: int, high: int) -> None:
        length = high - low
        for root in range((length - 1) // 2, -1, -1):
            self.sift_down(root, length, low)
        for last in range(length - 1, -1, -1):
            self.swap(low, low + last)
            self.sift_down(0, last, low)

    def sift_down(self, root: int, end: int, low: int) -> None:
        items, less = self.items, self.less
        while (child := 2 * root + 1) < end:
            if child + 1 < end and less(items[low + child], items[low + child + 1]):
                child += 1
            if not less(items[low + root], items[low + child]):
                return
            self.swap(low + root, low + child)
            root = child

    def reverse(self, low: int, high: int) -> None:
        self.items[low:high] = self.items[low:high][::-1]

    def swap(self, i: int, j: int) -> None:
        self.items[i], self.items[j] = self.items[j], self.items[i]


def _next_random(state: int) -> int:
    """Marsaglia's 64-bit xorshift."""
    state ^= state << 13 & (1 << 64) - 1
    state ^= state >> 7
    return state ^ (state << 17 & (1 << 64) - 1)
