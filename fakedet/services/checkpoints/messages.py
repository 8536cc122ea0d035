"""A checkpoint as the Checkpoint message (master: proto_checkpoints_view)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.services.checkpoints.view import CheckpointView, of_row

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
#: The reply passes through a float where the master reads the row; integers beyond this are rounded by it.
EXACT = 2**53


def checkpoint_message(db: "Database", row: Row) -> dict[str, Any]:
    """The message of a row of the checkpoints table."""
    return view_message(of_row(db, row))


def view_message(view: CheckpointView) -> dict[str, Any]:
    """The message of a checkpoint with its trial and metrics."""
    row = view.row
    message = {"uuid": row["uuid"], "task_id": row["task_id"] or "", "report_time": row["report_time"],
               "resources": _as_read(row["resources"]), "metadata": row["metadata"], "state": "STATE_" + row["state"],
               "training": training_message(view)}
    for name in ("allocation_id", "storage_id"):
        if row[name] is not None:
            message[name] = row[name]
    return message


def training_message(view: CheckpointView) -> dict[str, Any]:
    """Where the checkpoint comes from and what was measured at its step count."""
    training = view.training_metrics or {}
    message: dict[str, Any] = {
        "training_metrics": {"avg_metrics": training.get("avg_metrics"),
                             "batch_metrics": training.get("batch_metrics") or []},
        "validation_metrics": {"avg_metrics": view.validation_metrics}}
    if view.trial is not None and view.experiment is not None:
        message.update(trial_id=view.trial["id"], experiment_id=view.experiment["id"], hparams=view.trial["hparams"],
                       experiment_config=view.experiment["config"])
    if view.searcher_metric is not None:
        message["searcher_metric"] = view.searcher_metric
    return message


def _as_read(resources: Mapping[str, int]) -> Mapping[str, int]:
    if all(abs(size) <= EXACT for size in resources.values()):
        return resources
    return {path: int(float(size)) for path, size in resources.items()}
