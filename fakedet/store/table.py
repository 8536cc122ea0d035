"""TinyDB's own methods on a table of rows: any TinyDB query works, and one for equality of an indexed field is looked up.

They mean what TinyDB says, with four improvements: an update that fails changes nothing, documents that are handed in or out
share nothing mutable at their top level, results come in the order of ids, and ids are never given twice.
"""
from __future__ import annotations

import copy
from typing import Any, Callable, Iterable, Iterator, Mapping, cast

from tinydb.queries import QueryLike
from tinydb.table import Document

from fakedet.store.rows import RowTable
from fakedet.store.state import Row

Condition = Callable[[Mapping[str, Any]], bool]
Fields = Mapping[str, Any] | Callable[[dict[str, Any]], None]


class IndexedTable(RowTable):
    """A TinyDB table that is also a table of rows."""

    def __len__(self) -> int:
        return len(self._rows)

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator[Document]:
        return (Document(row, row["id"]) for row in self.rows())

    def search(self, cond: Condition) -> list[Document]:
        """The documents that fulfil `cond`."""
        return [Document(row, row["id"]) for row in self._fulfilling(cond)]

    def get(self, cond: Condition | None = None, doc_id: int | None = None, doc_ids: list[int] | None = None) -> Any:
        """The document with this id, those with these ids, or the first that fulfils `cond`; None if there is none."""
        if doc_id is not None:
            row = self.row(int(doc_id))
            return None if row is None else Document(row, row["id"])
        if doc_ids is not None:
            return [Document(row, row["id"]) for row in map(self.row, sorted(set(doc_ids))) if row is not None]
        if cond is None:
            raise RuntimeError("You have to pass either cond or doc_id or doc_ids")
        row = next(iter(self._fulfilling(cond)), None)
        return None if row is None else Document(row, row["id"])

    def insert_multiple(self, documents: Iterable[Mapping[str, Any]]) -> list[int]:
        """Insert all documents, or none if one cannot be."""
        with self._log:
            return [self.insert(document) for document in documents]

    def update(self, fields: Fields, cond: Condition | None = None, doc_ids: Iterable[int] | None = None) -> list[int]:
        """Set fields of (or call a function on) the documents chosen, all if neither `cond` nor `doc_ids` is given; their ids."""
        with self._log:
            chosen = self.rows() if cond is None and doc_ids is None else self._chosen(cond, doc_ids)
            for row in chosen:
                self._update_row(row, fields)
        return [row["id"] for row in chosen]

    def update_multiple(self, updates: Iterable[tuple[Fields, Condition]]) -> list[int]:
        """Apply each of the updates, in turn, to each document that fulfils its condition by then; their ids."""
        rules, updated = list(updates), []
        with self._log:
            for row in self.rows():
                for fields, cond in rules:
                    if cond(row):
                        updated.append(row["id"])
                        row = self._update_row(row, fields)
        return updated

    def upsert(self, document: Mapping[str, Any], cond: Condition | None = None) -> list[int]:
        """Update the documents that fulfil `cond` (or have the id of a Document), or insert one if there is none."""
        with self._log:
            return super().upsert(document, cast(QueryLike, cond))

    def remove(self, cond: Condition | None = None, doc_ids: Iterable[int] | None = None) -> list[int]:
        """Remove the documents chosen; their ids."""
        if cond is None and doc_ids is None:
            raise RuntimeError("Use truncate() to remove all documents")
        with self._log:
            removed = [row["id"] for row in self._chosen(cond, doc_ids)]
            for row_id in removed:
                self.delete(row_id)
        return removed

    def truncate(self) -> None:
        """Remove all documents. The ids that they had do not come back."""
        with self._log:
            for row in self.rows():
                self.delete(row["id"])

    def _chosen(self, cond: Condition | None, doc_ids: Iterable[int] | None) -> list[Row]:
        if doc_ids is not None:
            return [row for row in map(self.row, dict.fromkeys(doc_ids)) if row is not None]
        assert cond is not None
        return list(self._fulfilling(cond))

    def _update_row(self, row: Row, fields: Fields) -> Row:
        if not callable(fields):
            return self.change(row["id"], **fields)
        changed = copy.deepcopy(row)
        fields(changed)
        changed["id"] = row["id"]
        self._replace(row["id"], row, changed)
        return changed

    def _fulfilling(self, cond: Condition) -> Iterable[Row]:
        return filter(cond, self.rows(**_equality(cond, self._hashed)))

    def _get_next_id(self) -> int:
        return self._database.draw(self._name)

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        return {str(row["id"]): row for row in self.rows()}

    def _update_table(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        """For extensions of TinyDB that change tables as a whole."""
        with self._log:
            after: dict[int, Mapping[str, Any]] = {row["id"]: copy.deepcopy(row) for row in self.rows()}
            updater(after)
            for row_id in [row_id for row_id in self._rows if row_id not in after]:
                self.delete(row_id)
            for row_id, row in after.items():
                self._store(row_id, row)

    def _store(self, row_id: int, row: Mapping[str, Any]) -> None:
        old = self._rows.get(row_id)
        if old != row:
            self._replace(row_id, old, {**row, "id": row_id})


def _equality(cond: Condition, indexed: Mapping[str, Any]) -> dict[str, Any]:
    """The field and value that `cond` compares, if it is TinyDB's plain equality and an index can answer it."""
    plan = getattr(cond, "_hash", None)
    if not isinstance(plan, tuple) or len(plan) != 3 or plan[0] != "==":
        return {}
    _, path, value = plan
    if len(path) != 1 or path[0] not in (*indexed, "id") or not isinstance(value, (str, int, float)):
        return {}
    return {path[0]: value}
