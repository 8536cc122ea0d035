"""Size and number of the checkpoints of each trial and experiment, kept with every change.

Checkpoints of every state count, but not deleted ones (master: UpdateCheckpointSizeTx).
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]


def note_change(db: "Database", before: Row | None, after: Row | None) -> None:
    """A checkpoint's row was `before` and is `after`; None stands for no row."""
    (size, count), (new_size, new_count) = _weight(before), _weight(after)
    trial_id = (after or before or {}).get("trial_id")
    if trial_id is None or (size, count) == (new_size, new_count):
        return
    trial = db.trials.row(trial_id)
    experiment = None if trial is None else db.experiments.row(trial["experiment_id"])
    for table, row in ((db.trials, trial), (db.experiments, experiment)):
        if row is not None:
            table.change(row["id"], checkpoint_size=row["checkpoint_size"] + new_size - size,
                         checkpoint_count=row["checkpoint_count"] + new_count - count)


def _weight(row: Row | None) -> tuple[int, int]:
    return (0, 0) if row is None or row["state"] == "DELETED" else (row["size"], 1)
