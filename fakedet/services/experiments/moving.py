"""Moving experiments with all their runs into another project (master: internal/experiment/bulk_action.go, MoveExperiments)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Sequence

from fakedet.services.experiments.held_config import moved
from fakedet.services.runs.local_ids import move_runs

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]


def move_experiments(db: "Database", experiments: Sequence[Row], project_id: int) -> None:
    """Move them at once: their runs are numbered together."""
    if not experiments:
        return
    for experiment in experiments:
        db.experiments.change(experiment["id"], **moved(experiment, project_id))
    move_runs(db, [run for experiment in experiments for run in db.trials.rows(experiment_id=experiment["id"])], project_id)
