"""What is going to happen in a world: rows of the table `timers` with the moment they are due, what is to be done and to whom.

Rows of `deadlines` (services/deadlines.py) look alike.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, NamedTuple

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]


class Due(NamedTuple):
    """A row of `timers` or `deadlines`."""

    moment: int
    table: str
    row: Row


def set_timer(db: "Database", due: int, kind: str, subject: int) -> None:
    """Have `kind` done to row `subject` when the clock shows `due`; replaces an earlier timer of the same kind and subject."""
    clear_timer(db, kind, subject)
    db.timers.insert({"due": due, "kind": kind, "subject": subject})


def clear_timer(db: "Database", kind: str, subject: int) -> None:
    """Forget what was to be done."""
    for timer in db.timers.rows(subject=subject, kind=kind):
        db.timers.delete(timer["id"])


def next_due(db: "Database", *, deadlines: bool) -> Due | None:
    """What is due first, with or without the deadlines of those who stay silent."""
    tables = ("timers", "deadlines") if deadlines else ("timers",)
    first = [Due(row["due"], table, row) for table in tables for row in db.table(table).ordered("due", limit=1)]
    return min(first, key=lambda one: one.moment, default=None)
