"""Slices of a table: the rows that agree in some fields, in the order of one more field that holds numbers."""
from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import Any, Iterator, Mapping, Sequence, overload

from fakedet.store.state import Row

Key = tuple[Any, ...]


@dataclass
class _Bucket:
    """The rows of one key: their values ascending, and beside them their ids, ascending where values are equal."""

    values: list[float] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)

    def place_of(self, value: float, row_id: int) -> int:
        if not self.values or value > self.values[-1]:
            return len(self.values)
        first, last = bisect_left(self.values, value), bisect_right(self.values, value)
        return bisect_left(self.ids, row_id, first, last)


class RangeIndex:
    """(values of all fields but the last) -> ids by the last field, whose NULLs come last, then by id. `fields` are all of them.

    Like every index it is built when it is first asked and follows each change from then on.
    """

    def __init__(self, fields: tuple[str, ...]):
        self.fields = fields
        self._buckets: dict[Key, _Bucket] | None = None

    def forget(self) -> None:
        """Be built anew when next asked."""
        self._buckets = None

    def note(self, row_id: int, old: Row | None, new: Row | None) -> None:
        """Follow a change of one row."""
        if self._buckets is None:
            return
        before, after = old and self._entry(old), new and self._entry(new)
        if before == after:
            return
        if before:
            self._remove(self._buckets, *before, row_id)
        if after:
            self._add(self._buckets, *after, row_id)

    def ids(self, key: Key, rows: Mapping[int, Row], since: float | None, before: float | None) -> tuple[Sequence[int], int, int]:
        """The ids of this key, and between which positions the last field is from `since` on and below `before`."""
        if self._buckets is None:
            self._buckets = {}
            for row_id, row in rows.items():
                self._add(self._buckets, *self._entry(row), row_id)
        bucket = self._buckets.get(key)
        if bucket is None:
            return (), 0, 0
        first = 0 if since is None else bisect_left(bucket.values, since)
        last = len(bucket.ids) if before is None else bisect_left(bucket.values, before)
        return bucket.ids, first, max(first, last)

    def _entry(self, row: Row) -> tuple[Key, float]:
        *names, last = self.fields
        value = row.get(last)
        return tuple([row.get(name) for name in names]), math.inf if value is None else value

    def _add(self, buckets: dict[Key, _Bucket], key: Key, value: float, row_id: int) -> None:
        bucket = buckets.setdefault(key, _Bucket())
        place = bucket.place_of(value, row_id)
        bucket.values.insert(place, value)
        bucket.ids.insert(place, row_id)

    def _remove(self, buckets: dict[Key, _Bucket], key: Key, value: float, row_id: int) -> None:
        bucket = buckets[key]
        place = bucket.place_of(value, row_id)
        del bucket.values[place], bucket.ids[place]
        if not bucket.ids:
            del buckets[key]


class RowSlice(Sequence[Row]):
    """Rows by position, each looked up when it is asked for. Good until the next change of the table."""

    def __init__(self, rows: Mapping[int, Row], ids: Sequence[int], first: int, last: int):
        self._rows, self._ids, self._positions = rows, ids, range(first, last)

    def __len__(self) -> int:
        return len(self._positions)

    def __iter__(self) -> Iterator[Row]:
        return (self._rows[self._ids[position]] for position in self._positions)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...

    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        if isinstance(place, slice):
            return [self._rows[self._ids[position]] for position in self._positions[place]]
        return self._rows[self._ids[self._positions[place]]]
