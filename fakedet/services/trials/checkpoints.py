"""The checkpoint from which a trial goes on."""
from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fakedet.domain.sql_casts import as_integer

if TYPE_CHECKING:
    from fakedet.store import Database


class LatestCheckpoint(NamedTuple):
    """Where it is and how far it had come."""

    uuid: str
    steps_completed: int | None


def latest_checkpoint(db: "Database", trial_id: int) -> LatestCheckpoint | None:
    """The completed checkpoint with the most steps; one without steps counts as the furthest, as NULL sorts in the database."""
    found = [LatestCheckpoint(row["uuid"], as_integer(row["metadata"].get("steps_completed")))
             for row in db.checkpoints.rows(trial_id=trial_id) if row["state"] == "COMPLETED"]
    return max(found, key=lambda one: (one.steps_completed is None, one.steps_completed or 0), default=None)
