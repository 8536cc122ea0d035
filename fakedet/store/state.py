"""What a database holds at one moment: the rows of each table and how far each sequence has counted.

Rows are never mutated, only replaced; so a copy of the state shares them and costs one dict per table, and undoing a change
is putting the old row back.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Iterator, NamedTuple

Row = dict[str, Any]


class Change(NamedTuple):
    """One row before and after; `old` is None for an insertion, `new` for a deletion."""

    table: str
    id: int
    old: Row | None
    new: Row | None


@dataclass
class State:
    """tables: name -> id -> row. sequences: name -> last number handed out; a table's ids come from the sequence of its name."""

    tables: dict[str, dict[int, Row]] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)

    def rows(self, table: str) -> dict[int, Row]:
        """The rows of `table`, to be shared with it."""
        return self.tables.setdefault(table, {})

    def copy(self) -> "State":
        """The same rows in dicts of their own."""
        return State({name: dict(rows) for name, rows in self.tables.items() if rows}, dict(self.sequences))

    def differences(self, later: "State") -> Iterator[Change]:
        """The changes that lead from here to `later`."""
        for table in {**self.tables, **later.tables}:
            before, after = self.tables.get(table, {}), later.tables.get(table, {})
            for row_id in {**before, **after}:
                old, new = before.get(row_id), after.get(row_id)
                if old is not new:
                    yield Change(table, row_id, old, new)

    def as_documents(self) -> dict[str, dict[str, Row]]:
        """TinyDB's layout: ids as text."""
        return {name: {str(row_id): row for row_id, row in rows.items()} for name, rows in self.tables.items() if rows}

    @classmethod
    def of_documents(cls, documents: dict[str, dict[str, Row]]) -> "State":
        """From TinyDB's layout; sequences go on after the highest id of each table."""
        tables = {name: {int(row_id): {**row, "id": int(row_id)} for row_id, row in rows.items()} for name, rows in documents.items()}
        return cls(tables, {name: max(rows) for name, rows in tables.items() if rows})
