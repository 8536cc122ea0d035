"""What running synthetic trials have reported and nobody has seen yet: kept in the order in which it came, stored together.

The searcher hears of a validation at once, since it may stop the trial; all else waits for `store`.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, NamedTuple, Sequence

from fakedet.domain.metric_groups import VALIDATION
from fakedet.domain.metric_values import as_kept
from fakedet.engine.plans import Plan
from fakedet.engine.trial_logs import TrialLog
from fakedet.services.experiments.search_progress import SearchProgress
from fakedet.services.metrics.reporting import best_searcher_metric, report_row, tell_searcher
from fakedet.services.metrics.together import store_all

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]


class Run(NamedTuple):
    """A trial on its slots, and what it is going to do."""

    trial: Row
    allocation: Row
    plan: Plan


class Harvest:
    """The reports of one stretch of time."""

    def __init__(self, world: "World"):
        self._world = world
        self._rows: list[Row] = []
        self._logs: dict[int, TrialLog] = {}
        self._best: dict[int, float | None] = {}
        self._progress = SearchProgress(world)

    def report(self, run: Run, group: str, metrics: Mapping[str, float], step: int, batch_metrics: Sequence[Mapping[str, float]] = ()) -> None:
        """The run reports metrics at a step."""
        values = {**metrics, "batches": step, "epochs": step // run.plan.cadence.epoch}
        kept = as_kept(values)
        if group == VALIDATION:
            self._progress.before_validation(run.trial)
            tell_searcher(self._world, run.trial, kept)
        self._keep(run, group, {"avg_metrics": kept, "batch_metrics": as_kept(list(batch_metrics))}, step)
        self._log_of(run).reported(group, values, step)

    def profile(self, run: Run, group: str, metrics: Mapping[str, Any]) -> None:
        """The profiler of the run reports, at no step."""
        self._keep(run, group, {"avg_metrics": metrics, "batch_metrics": None}, None)

    def progressed(self, run: Run, fraction: float) -> None:
        """The run is this far, 0 to 1."""
        self._progress.note(run.trial, fraction)

    def improves(self, run: Run, value: float) -> bool:
        """Whether a value of the searcher metric is better than all before in the experiment; from now on it counts."""
        experiment_id, sign = run.trial["experiment_id"], 1 if run.plan.curves.smaller_is_better else -1
        if experiment_id not in self._best:
            self._best[experiment_id] = best_searcher_metric(self._world.db, self._world.db.experiments.row(experiment_id))
        best = self._best[experiment_id]
        improves = best is None or sign * value < sign * best
        if improves:
            self._best[experiment_id] = value
        return improves

    def store(self) -> None:
        """Store what has come together."""
        store_all(self._world.db, self._rows)
        for log in self._logs.values():
            log.flush()
        self._progress.tell()

    def _keep(self, run: Run, group: str, metrics: Mapping[str, Any], step: int | None) -> None:
        self._rows.append(report_row(run.trial, group, metrics, trial_run_id=run.trial["run_id"], steps_completed=step,
                                     report_time=self._world.now()))

    def _log_of(self, run: Run) -> TrialLog:
        if run.trial["id"] not in self._logs:
            self._logs[run.trial["id"]] = TrialLog(self._world, run.trial, run.allocation)
        return self._logs[run.trial["id"]]
