"""What is going to happen in a world: rows of the table `timers` with the moment they are due, what is to be done and to whom.

Rows of `deadlines` (services/deadlines.py) look alike.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator, Mapping, NamedTuple

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


def next_due(db: "Database", *, deadlines: bool, but: str | None = None) -> Due | None:
    """What is due first, with or without the deadlines of those who stay silent, and without what is of the kind `but`."""
    first = (next(_in_order(db, table, but), None) for table in (("timers", "deadlines") if deadlines else ("timers",)))
    return min((due for due in first if due is not None), key=lambda one: one.moment, default=None)


def timers_of(db: "Database", kind: str) -> list[Row]:
    """All timers of a kind, by their moments."""
    return [row for row in db.timers.ordered("due") if row["kind"] == kind]


def _in_order(db: "Database", table: str, but: str | None) -> Iterator[Due]:
    rows = db.table(table).ordered("due", limit=1 if but is None else None)
    return (Due(row["due"], table, row) for row in rows if row["kind"] != but)
