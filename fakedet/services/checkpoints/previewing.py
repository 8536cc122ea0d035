"""What a policy would delete, for `det experiment set gc-policy` (master: core_experiment.go, model.Checkpoint)."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.errors import Internal
from fakedet.domain.gc import Policy
from fakedet.domain.timestamps import format_time
from fakedet.services.checkpoints.planning import victims
from fakedet.services.checkpoints.view import CheckpointView

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]


def preview(world: "World", experiment: Row, policy: Policy) -> dict[str, Any]:
    """The checkpoints that would go (null for none) and the metric by which the best are found."""
    found = victims(world.db, experiment, policy, world.settings.semantics)
    metric = experiment["config"]["searcher"].get("metric")
    return {"checkpoints": [_element(view) for view in found] or None, "metric_name": metric}


def _element(view: CheckpointView) -> dict[str, Any]:
    """A checkpoint under the names of the master's struct."""
    row, trial, experiment = view.row, view.trial or {}, view.experiment or {}
    return {
        "ID": row["id"], "UUID": row["uuid"], "TaskID": row["task_id"], "AllocationID": row["allocation_id"],
        "ReportTime": _nanoseconds(row["report_time"]), "State": row["state"], "Resources": row["resources"] or None,
        "Metadata": row["metadata"], "Size": row["size"], "StorageID": row["storage_id"], "TrialID": trial.get("id"),
        "ExperimentID": experiment.get("id"), "ExperimentConfig": experiment.get("config"),
        "HParams": trial.get("hparams"),
        "TrainingMetrics": view.training_metrics, "ValidationMetrics": view.validation_metrics,
        "SearcherMetric": _finite(view.searcher_metric), "StepsCompleted": view.steps_completed or 0}


def _finite(value: float | None) -> float | None:
    """Go's JSON has no NaN: the whole reply fails."""
    if value is not None and not math.isfinite(value):
        raise Internal(f"json: unsupported value: {'NaN' if math.isnan(value) else '+Inf' if value > 0 else '-Inf'}")
    return value


def _nanoseconds(time: int) -> str:
    """RFC 3339 without zeros at the end of the fraction."""
    text = format_time(time)
    return text[:-1].rstrip("0").rstrip(".") + "Z" if "." in text else text
