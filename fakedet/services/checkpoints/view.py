"""A checkpoint with what belongs to it: its trial, its experiment, the metrics at its step count (master: checkpoints_view).

Metrics are joined by arithmetic alone: metadata.steps_completed, cast to an integer, equals the batches of a report of the same
trial that is not archived. What cannot be cast makes reading fail.
"""
from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Iterator, Mapping

from fakedet.domain.sql_casts import as_double, as_integer

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
UNSET: Any = object()
_NO_METRICS: Mapping[str, Any] = {}


class CheckpointView:
    """One row of the view; metrics are looked up when they are asked for."""

    def __init__(self, db: "Database", row: Row, trial: Row | None = UNSET, experiment: Row | None = UNSET):
        self._db, self.row = db, row
        self.uuid: str = row["uuid"]
        self.trial_id: int | None = row["trial_id"]
        self.report_time: int = row["report_time"]
        self.state: str = row["state"]
        self.metadata: Mapping[str, Any] = row["metadata"]
        if trial is not UNSET:
            self.trial = trial
        if experiment is not UNSET:
            self.experiment = experiment

    @functools.cached_property
    def trial(self) -> Row | None:
        """The trial; none if it was deleted."""
        return None if self.trial_id is None else self._db.trials.row(self.trial_id)

    @functools.cached_property
    def experiment(self) -> Row | None:
        """The trial's experiment."""
        return None if self.trial is None else self._db.experiments.row(self.trial["experiment_id"])

    @functools.cached_property
    def steps_completed(self) -> int | None:
        """What joins metrics to the checkpoint; raises Internal where the metadata hold no integer."""
        return as_integer(self.metadata.get("steps_completed"))

    @functools.cached_property
    def validation(self) -> Row | None:
        """The row of the validation at this step."""
        return self._metrics("validation")

    @functools.cached_property
    def training_metrics(self) -> Mapping[str, Any] | None:
        """`{"avg_metrics", "batch_metrics"}` reported at this step."""
        row = self._metrics("training")
        return None if row is None else row["metrics"]

    @property
    def validation_metrics(self) -> Mapping[str, Any] | None:
        """The validation's values by name."""
        return None if self.validation is None else self.validation["metrics"].get("validation_metrics")

    @property
    def avg_metrics(self) -> Mapping[str, Any]:
        """The validation's values by name, empty without a validation."""
        return self.validation_metrics or _NO_METRICS

    @functools.cached_property
    def searcher_metric(self) -> float | None:
        """The value that the searcher looks at; raises Internal where it is no number."""
        metrics = self.validation_metrics
        if not metrics or self.experiment is None:
            return None
        return as_double(metrics.get(self.experiment["config"]["searcher"].get("metric")))

    def check(self) -> None:
        """Raises Internal where PostgreSQL could not compute a column."""
        _ = self.steps_completed, self.searcher_metric

    def _metrics(self, group: str) -> Row | None:
        if self.steps_completed is None or self.trial is None:
            return None
        return self._db.metrics.one(trial_id=self.trial_id, group=group, total_batches=self.steps_completed, archived=False)


def of_trial(db: "Database", trial: Row) -> list[CheckpointView]:
    """The trial's checkpoints."""
    experiment = db.experiments.row(trial["experiment_id"])
    return [CheckpointView(db, row, trial, experiment) for row in db.checkpoints.rows(trial_id=trial["id"])]


def of_experiment(db: "Database", experiment: Row) -> Iterator[CheckpointView]:
    """The checkpoints of all trials of the experiment."""
    for trial in db.trials.rows(experiment_id=experiment["id"]):
        for row in db.checkpoints.rows(trial_id=trial["id"]):
            yield CheckpointView(db, row, trial, experiment)
