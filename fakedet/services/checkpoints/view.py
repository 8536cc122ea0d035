"""A checkpoint with what belongs to it: its trial, its experiment, the metrics at its step count.

Metrics are joined by arithmetic alone: metadata.steps_completed, cast to an integer, equals the batches of a report of the
same trial that is not archived. Where a cast fails, the checkpoint cannot be read: making its view raises Internal (master:
checkpoints_view).
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator, Mapping

from fakedet.domain.sql_casts import as_double, as_integer
from fakedet.services.metrics.steps import at

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
_NO_METRICS: Mapping[str, Any] = {}
#: With more checkpoints than this, a trial's validations are read all at once.
FEW = 8


class TrialSide:
    """What the checkpoints of one trial have in common. A deleted trial leaves its checkpoints without all of it."""

    __slots__ = ("db", "trial", "experiment", "metric", "validations")

    def __init__(self, db: "Database", trial: Row | None, experiment: Row | None = None, *, reads_all: bool = False):
        self.db, self.trial = db, trial
        if trial is not None and experiment is None:
            experiment = db.experiments.row(trial["experiment_id"])
        self.experiment = experiment
        self.metric: str = (experiment["config"]["searcher"].get("metric") or "") if experiment is not None else ""
        #: By step, if all are read.
        self.validations: Mapping[int | None, Row] | None = self._all_validations() if reads_all else None

    def report(self, group: str, step: int | None) -> Row | None:
        """The trial's metrics of that group at a step."""
        if self.trial is None or step is None:
            return None
        return at(self.db, self.trial, group, step)

    def _all_validations(self) -> dict[int | None, Row]:
        assert self.trial is not None
        rows = self.db.metrics.rows(trial_id=self.trial["id"], group="validation", archived=False)
        return {row["total_batches"]: row for row in reversed(rows)}


class CheckpointView:
    """One row of the view."""

    __slots__ = ("row", "uuid", "trial_id", "report_time", "state", "metadata", "steps_completed", "validation",
                 "validation_metrics", "avg_metrics", "searcher_metric", "_side")

    def __init__(self, side: TrialSide, row: Row):
        self._side, self.row = side, row
        self.uuid: str = row["uuid"]
        self.trial_id: int | None = row["trial_id"]
        self.report_time: int = row["report_time"]
        self.state: str = row["state"]
        self.metadata: Mapping[str, Any] = row["metadata"]
        self.steps_completed = steps = as_integer(self.metadata.get("steps_completed"))
        known = side.validations
        self.validation = side.report("validation", steps) if known is None else known.get(steps)
        found = _NO_METRICS if self.validation is None else self.validation["metrics"]
        self.validation_metrics: Mapping[str, Any] | None = found.get("validation_metrics")
        self.avg_metrics: Mapping[str, Any] = self.validation_metrics or _NO_METRICS
        self.searcher_metric = as_double(self.avg_metrics.get(side.metric))

    @property
    def trial(self) -> Row | None:
        """The trial; none if it was deleted."""
        return self._side.trial

    @property
    def experiment(self) -> Row | None:
        """The trial's experiment."""
        return self._side.experiment

    @property
    def training_metrics(self) -> Mapping[str, Any] | None:
        """`{"avg_metrics", "batch_metrics"}` reported at this step."""
        row = self._side.report("training", self.steps_completed)
        return None if row is None else row["metrics"]


def of_row(db: "Database", row: Row) -> CheckpointView:
    """The view of one row of the checkpoints table."""
    trial = None if row["trial_id"] is None else db.trials.row(row["trial_id"])
    return CheckpointView(TrialSide(db, trial), row)


def of_trial(db: "Database", trial: Row, experiment: Row | None = None) -> list[CheckpointView]:
    """The trial's checkpoints."""
    rows = db.checkpoints.rows(trial_id=trial["id"])
    side = TrialSide(db, trial, experiment, reads_all=len(rows) > FEW)
    return [CheckpointView(side, row) for row in rows]


def of_experiment(db: "Database", experiment: Row) -> Iterator[CheckpointView]:
    """The checkpoints of all trials of the experiment."""
    for trial in db.trials.rows(experiment_id=experiment["id"]):
        yield from of_trial(db, trial, experiment)
