"""What is going to happen in a world: rows of the table `timers` with the moment they are due, what is to be done and to whom."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]


def set_timer(db: "Database", due: int, kind: str, subject: int) -> None:
    """Have `kind` done to row `subject` when the clock shows `due`; replaces an earlier timer of the same kind and subject."""
    clear_timer(db, kind, subject)
    db.timers.insert({"due": due, "kind": kind, "subject": subject})


def clear_timer(db: "Database", kind: str, subject: int) -> None:
    """Forget what was to be done."""
    for timer in db.timers.rows(subject=subject, kind=kind):
        db.timers.delete(timer["id"])


def next_timer(db: "Database") -> Row | None:
    """The timer that is due first."""
    return next(iter(db.timers.ordered("due")), None)
