"""Lists of ids that are kept between requests: when one is next asked for, only what was touched since is put in its place."""
from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass
from typing import Any, Callable, Hashable, Iterable, TypeVar

T = TypeVar("T")
#: How many things of a kind are remembered, and how many touches are carried over into lists before they are rather made anew.
KEPT, CARRIED = 16, 100


@dataclass
class Listing:
    """A list, and how many touches are in it already."""

    ids: list[int]
    seen: int


class Listings:
    """The lists that were asked for last."""

    def __init__(self) -> None:
        self._lists: dict[Hashable, Listing] = {}
        self._touched: list[int] = []
        self._dropped = 0

    @property
    def touches(self) -> int:
        """How many there were in all."""
        return self._dropped + len(self._touched)

    def touch(self, numbers: Iterable[int]) -> None:
        """These ids may belong elsewhere from now on."""
        self._touched.extend(numbers)
        if len(self._touched) > CARRIED:
            self._dropped = self.touches
            self._touched.clear()

    def clear(self) -> None:
        """Make all lists anew when they are next asked for."""
        self._lists.clear()

    def current(self, key: Hashable, make: Callable[[], list[int]], renew: Callable[[list[int], set[int]], None]) -> list[int]:
        """The list that `key` stands for, by `make` at first; `renew(list, ids)` finds the touched ids their places."""
        listing = self._lists.get(key)
        if listing is None or listing.seen < self._dropped:
            self._lists.pop(key, None)
            return kept(self._lists, key, lambda: Listing(make(), self.touches)).ids
        if listing.seen < self.touches:
            renew(listing.ids, set(self._touched[listing.seen - self._dropped:]))
            listing.seen = self.touches
        return listing.ids


def contains(ids: list[int], number: int) -> bool:
    """Whether an ascending list has the id."""
    place = bisect_left(ids, number)
    return place < len(ids) and ids[place] == number


def renew_members(ids: list[int], touched: Iterable[int], belongs: Callable[[int], bool]) -> None:
    """Let an ascending list have those of the ids that belong there."""
    for number in touched:
        if contains(ids, number) != (wanted := belongs(number)):
            if wanted:
                insort(ids, number)
            else:
                del ids[bisect_left(ids, number)]


def renew_places(ids: list[int], touched: set[int], belongs: Callable[[int], bool], place_of: Callable[[int], Any]) -> None:
    """The same for a list in the order of `place_of`, where they may stand at their old places."""
    ids[:] = [number for number in ids if number not in touched]
    for number in touched:
        if belongs(number):
            insort(ids, number, key=place_of)


def kept(store: dict[Hashable, T], key: Hashable, make: Callable[[], T]) -> T:
    """What is stored under the key, made if it is not there; the oldest goes if there is much."""
    if key not in store:
        made = make()
        while len(store) >= KEPT:
            del store[next(iter(store))]
        store[key] = made
    return store[key]
