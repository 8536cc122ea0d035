"""The rows of one table: by id and by the values of their fields, at a cost that does not grow with the table.

TinyDB rebuilds and rewrites a whole table on each change; here a change touches one row, its indexes and the transaction log.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Collection, Hashable, Iterable, Iterator, Mapping

from tinydb.table import Document, Table

from fakedet.store.errors import NoSuchRow
from fakedet.store.indexes import CombinedIndex, HashIndex, Index, OrderedIndex
from fakedet.store.ranges import RangeIndex, RowSlice
from fakedet.store.state import Change, Row

if TYPE_CHECKING:
    from fakedet.store.database import Database
    from fakedet.store.declaration import TableSchema


class RowTable(Table):
    """What services use of a table. Rows that it hands out are shared: never mutate them."""

    def __init__(self, database: "Database", name: str, schema: "TableSchema"):
        super().__init__(database.storage, name, cache_size=0)
        self._database = database
        self._log = database.log
        self._hashed = {field: HashIndex(field) for field in schema.indexes}
        self._combined = tuple(CombinedIndex(fields) for fields in schema.combined)
        self._ordered = {field: OrderedIndex(field) for field in schema.ordered}
        self._ranges = {frozenset(fields): RangeIndex(fields) for fields in schema.ranges}
        self._indexes: tuple[Index, ...] = (*self._hashed.values(), *self._combined, *self._ordered.values(), *self._ranges.values())
        self._rows: dict[int, Row] = {}
        self._in_order = True

    def load(self, rows: dict[int, Row]) -> None:
        """Hold `rows` from now on."""
        self._rows, self._in_order = rows, False
        for index in self._indexes:
            index.forget()

    def insert(self, document: Mapping[str, Any]) -> int:
        """Add a row and return its id: the sequence's next, or the `doc_id` of a TinyDB Document. An `id` in the row is overwritten."""
        if not isinstance(document, Mapping):
            raise ValueError("Document is not a Mapping")
        with self._log:
            row_id = self._id_for(document)
            row = dict(document)
            row["id"] = row_id
            self._replace(row_id, None, row)
        return row_id

    def insert_all(self, documents: Iterable[Mapping[str, Any]]) -> list[Row]:
        """Add rows with the sequence's next ids, or none if one cannot be, and return them."""
        with self._log:
            rows = [{**document, "id": self._database.draw(self._name)} for document in documents]
            for row in rows:
                self._replace(row["id"], None, row)
            return rows

    def change(self, row_id: int, /, **fields: Any) -> Row:
        """Replace row `row_id` by one with these fields changed, and return it."""
        with self._log:
            old = self._rows.get(row_id)
            if old is None:
                raise NoSuchRow(self.name, row_id)
            new = {**old, **fields, "id": row_id}
            self._replace(row_id, old, new)
        return new

    def delete(self, row_id: int, /) -> None:
        """Remove row `row_id`, if there is one."""
        with self._log:
            old = self._rows.get(row_id)
            if old is not None:
                self._replace(row_id, old, None)

    def row(self, row_id: int, /) -> Any:
        """The row with this id, or None. Typed Any: who follows the id that another row holds knows that it is there."""
        with self._log.lock:
            return self._rows.get(row_id)

    def rows(self, /, **equal: Any) -> list[Row]:
        """The rows with these equal values (a missing field counts as None), ascending by id."""
        with self._log.lock:
            ids, rest = self._narrowed(equal)
            found = list(map(self._rows.__getitem__, ids))
            for field, value in rest.items():
                found = [row for row in found if row.get(field) == value]
            return found

    def one(self, /, **equal: Any) -> Any:
        """The first of `rows(...)`."""
        with self._log.lock:
            return next(self._matching(equal), None)

    def tally(self, /, **equal: Any) -> int:
        """How many `rows(...)` there are."""
        with self._log.lock:
            ids, rest = self._narrowed(equal)
            return sum(1 for _ in self._having(ids, rest)) if rest else len(ids)

    def distinct(self, field: str) -> Collection[Hashable]:
        """The values that an indexed field has in any row, not to be changed and not to be kept."""
        with self._log.lock:
            return self._hashed[field].values(self._rows)

    def ordered(self, field: str, *, since: Any = None, before: Any = None, descending: bool = False,
                offset: int = 0, limit: int | None = None) -> list[Row]:
        """The rows by `field` (declared as ordered), then id: from `since` on, below `before`. NULLs sort last, first if descending."""
        with self._log.lock:
            first, last = self._ordered[field].bounds(self._rows, since, before)
            positions = range(last - 1, first - 1, -1) if descending else range(first, last)
            chosen = positions[offset:] if limit is None else positions[offset:offset + limit]
            return [self._rows[row_id] for row_id in self._ordered[field].ids(chosen)]

    def slice(self, by: str, *, since: float | None = None, before: float | None = None, **equal: Any) -> RowSlice:
        """The rows with these equal values by the field `by`, from `since` on and below `before`. These fields are declared as ranges."""
        with self._log.lock:
            index = self._ranges[frozenset((*equal, by))]
            key = tuple(equal[name] for name in index.fields[:-1])
            return RowSlice(self._rows, *index.ids(key, self._rows, since, before))

    def undo(self, change: Change) -> None:
        """Put the row back as it was before `change`."""
        self._put(change.id, change.new, change.old)

    def _replace(self, row_id: int, old: Row | None, new: Row | None) -> None:
        self._put(row_id, old, new)
        self._log.note(Change(self._name, row_id, old, new))

    def _put(self, row_id: int, old: Row | None, new: Row | None) -> None:
        rows = self._rows
        if new is None:
            del rows[row_id]
        else:
            if old is None and self._in_order and rows and row_id < next(reversed(rows)):
                self._in_order = False
            rows[row_id] = new
        for index in self._indexes:
            index.note(row_id, old, new)

    def _id_for(self, document: Mapping[str, Any]) -> int:
        if not isinstance(document, Document):
            return self._database.draw(self._name)
        if document.doc_id in self._rows:
            raise ValueError(f"Document with ID {document.doc_id} already exists")
        self._database.move_up(self._name, document.doc_id)
        return document.doc_id

    def _matching(self, equal: Mapping[str, Any]) -> Iterator[Row]:
        ids, rest = self._narrowed(equal)
        return self._having(ids, rest) if rest else map(self._rows.__getitem__, ids)

    def _having(self, ids: Iterable[int], equal: Mapping[str, Any]) -> Iterator[Row]:
        wanted = list(equal.items())
        for row in map(self._rows.__getitem__, ids):
            if all(row.get(field) == value for field, value in wanted):
                yield row

    def _narrowed(self, equal: Mapping[str, Any]) -> tuple[Collection[int], Mapping[str, Any]]:
        """The fewest ids that an index offers for these values, and the values that remain to be compared."""
        for index in self._combined:
            if all(field in equal for field in index.fields):
                return index.ids(tuple(equal[field] for field in index.fields), self._rows), equal
        best, answered = None, ""
        for field, value in equal.items():
            ids = self._by_id(value) if field == "id" else self._hashed[field].ids(value, self._rows) if field in self._hashed else None
            if ids is not None and (best is None or len(ids) < len(best)):
                best, answered = ids, field
        if best is None:
            return self._all_ids(), equal
        return best, {field: value for field, value in equal.items() if field != answered}

    def _by_id(self, value: Any) -> Collection[int]:
        return (int(value),) if isinstance(value, (int, float)) and value in self._rows else ()

    def _all_ids(self) -> Collection[int]:
        if not self._in_order:
            ordered = sorted(self._rows.items())
            self._rows.clear()
            self._rows.update(ordered)
            self._in_order = True
        return self._rows.keys()
