"""What happens when time passes and somebody stays silent: rows of the table `deadlines`, read by the engine.

Unlike timers, which are work under way, deadlines never make a world at the speed `instant` move its clock.
"""
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fakedet.store import Database


def set_deadline(db: "Database", due: int, kind: str, subject: int) -> None:
    """Have `kind` done to row `subject` when the clock has passed `due`, unless that is due earlier already."""
    if not db.deadlines.tally(subject=subject, kind=kind):
        db.deadlines.insert({"due": due, "kind": kind, "subject": subject})
