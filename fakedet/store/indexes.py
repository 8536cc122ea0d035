"""Indexes of a table: a hash index for equal values of one field or of several together, an ordered index for slices.

An index is built when it is first asked and follows each change from then on; until then it costs nothing.
A field that a row lacks counts as None.
"""
from __future__ import annotations

import bisect
from typing import Any, Collection, Hashable, Mapping, Protocol

from fakedet.store.state import Row

_UNHASHABLE = object()


class Index(Protocol):
    """What a table tells its indexes."""

    def forget(self) -> None:
        """Be built anew when next asked."""

    def note(self, row_id: int, old: Row | None, new: Row | None) -> None:
        """Follow a change of one row."""


class HashIndex:
    """value -> ids of the rows that have it."""

    def __init__(self, field: str):
        self.field = field
        self._buckets: dict[Hashable, dict[int, None]] | None = None
        self._disordered: set[Hashable] = set()

    def forget(self) -> None:
        """Be built anew when next asked."""
        self._buckets = None

    def note(self, row_id: int, old: Row | None, new: Row | None) -> None:
        """Follow a change of one row."""
        if self._buckets is None:
            return
        before = _MISSING if old is None else old.get(self.field)
        after = _MISSING if new is None else new.get(self.field)
        if before is after:
            return
        if before is not _MISSING:
            self._remove(_key(before), row_id)
        if after is not _MISSING:
            self._add(self._buckets, _key(after), row_id)

    def ids(self, value: Any, rows: Mapping[int, Row]) -> Collection[int]:
        """The ids of the rows whose field equals `value`, ascending, in a sized collection not to be changed."""
        if self._buckets is None:
            self._buckets = self._built(rows)
        if value != value:
            return ()
        key = _key(value)
        if key is _UNHASHABLE:
            return [row_id for row_id in self._sorted(key) if rows[row_id].get(self.field) == value]
        return self._sorted(key)

    def values(self, rows: Mapping[int, Row]) -> Collection[Hashable]:
        """The values that there are."""
        if self._buckets is None:
            self._buckets = self._built(rows)
        return self._buckets.keys()

    def _built(self, rows: Mapping[int, Row]) -> dict[Hashable, dict[int, None]]:
        self._disordered.clear()
        buckets: dict[Hashable, dict[int, None]] = {}
        for row_id, row in rows.items():
            self._add(buckets, _key(row.get(self.field)), row_id)
        return buckets

    def _add(self, buckets: dict[Hashable, dict[int, None]], key: Hashable, row_id: int) -> None:
        bucket = buckets.get(key)
        if bucket is None:
            buckets[key] = {row_id: None}
            return
        if row_id < next(reversed(bucket)):
            self._disordered.add(key)
        bucket[row_id] = None

    def _remove(self, key: Hashable, row_id: int) -> None:
        assert self._buckets is not None
        bucket = self._buckets[key]
        del bucket[row_id]
        if not bucket:
            del self._buckets[key]
            self._disordered.discard(key)

    def _sorted(self, key: Hashable) -> dict[int, None]:
        assert self._buckets is not None
        if key in self._disordered:
            self._buckets[key] = dict.fromkeys(sorted(self._buckets[key]))
            self._disordered.discard(key)
        return self._buckets.get(key, _NO_IDS)


class CombinedIndex(HashIndex):
    """Values of several fields together -> ids of the rows that have them all."""

    def __init__(self, fields: tuple[str, ...]):
        super().__init__(", ".join(fields))
        self.fields = fields

    def note(self, row_id: int, old: Row | None, new: Row | None) -> None:
        """Follow a change of one row."""
        if self._buckets is not None:
            super().note(row_id, self._joined(old), self._joined(new))

    def ids(self, value: Any, rows: Mapping[int, Row]) -> Collection[int]:
        """The ids of the rows that may have these values, ascending: NaN and what cannot be hashed is left to be compared."""
        if self._buckets is None:
            self._buckets = self._built(rows)
        return self._sorted(_key(value))

    def _built(self, rows: Mapping[int, Row]) -> dict[Hashable, dict[int, None]]:
        return super()._built({row_id: {self.field: self._values(row)} for row_id, row in rows.items()})

    def _joined(self, row: Row | None) -> Row | None:
        return None if row is None else {self.field: self._values(row)}

    def _values(self, row: Row) -> tuple[Any, ...]:
        return tuple([row.get(field) for field in self.fields])


class OrderedIndex:
    """The ids of all rows by value, then id. Numbers come first, then NaN, text, and None last, as in PostgreSQL."""

    def __init__(self, field: str):
        self.field = field
        self._entries: list[tuple[int, Any, int]] | None = None

    def forget(self) -> None:
        """Be built anew when next asked."""
        self._entries = None

    def note(self, row_id: int, old: Row | None, new: Row | None) -> None:
        """Follow a change of one row."""
        if self._entries is None:
            return
        if old is not None:
            del self._entries[bisect.bisect_left(self._entries, self._entry(row_id, old))]
        if new is not None:
            bisect.insort(self._entries, self._entry(row_id, new))

    def bounds(self, rows: Mapping[int, Row], since: Any, before: Any) -> tuple[int, int]:
        """The positions of the rows from `since` on and below `before`; None leaves an end open."""
        if self._entries is None:
            self._entries = sorted(self._entry(row_id, row) for row_id, row in rows.items())
        first = 0 if since is None else bisect.bisect_left(self._entries, _rank(since))
        last = len(self._entries) if before is None else bisect.bisect_left(self._entries, _rank(before))
        return first, max(first, last)

    def ids(self, positions: range) -> list[int]:
        """The ids at these positions, which `bounds` has told."""
        assert self._entries is not None
        return [self._entries[position][2] for position in positions]

    def _entry(self, row_id: int, row: Row) -> tuple[int, Any, int]:
        return (*_rank(row.get(self.field)), row_id)


_MISSING = object()
_NO_IDS: dict[int, None] = {}


def _key(value: object) -> Hashable:
    try:
        hash(value)
    except TypeError:
        return _UNHASHABLE
    return value


def _rank(value: Any) -> tuple[int, Any]:
    if isinstance(value, (int, float)):
        return (0, value) if value == value else (1, 0)
    return (2, value) if isinstance(value, str) else (3, 0)
