"""Asynchronous successive halving that stops trials instead of promoting them.

Mirrors asha_stopping.go of the master: a trial that reports a validation at a rung goes on only if it ranks in the top
1/divisor of what was reported there so far. A stop is final and makes room for a new trial.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fakedet.domain.searchers.go_math import power
from fakedet.domain.searchers.method import SearchMethod
from fakedet.domain.searchers.operations import ExitedReason, Operation, SearcherError, Stop
from fakedet.domain.searchers.rungs import Rung, make_rungs
from fakedet.domain.searchers.sampling import SearchSpace

WORST_METRIC = sys.float_info.max
PROGRESS_OVERHEAD = 1.2
_UINT64 = (1 << 64) - 1


@dataclass(frozen=True)
class HalvingPlan:
    """The shape of one halving, and how its validations are read."""

    num_rungs: int
    max_trials: int
    max_concurrent_trials: int
    divisor: float
    max_time: int
    time_metric: str
    metric: str
    smaller_is_better: bool

    @property
    def initial_trials(self) -> int:
        """As many as may run at once; without a limit, enough that one reaches the top rung."""
        if self.max_concurrent_trials > 0:
            return min(self.max_concurrent_trials, self.max_trials)
        return min(max(int(power(self.divisor, float(self.num_rungs - 1))), 1), self.max_trials)


class AsyncHalvingSearch(SearchMethod):
    """One halving: its rungs, and at which rung each trial is."""

    def __init__(self, space: SearchSpace, plan: HalvingPlan) -> None:
        self._space = space
        self._plan = plan
        self._rungs = make_rungs(plan.num_rungs, plan.divisor, plan.max_time)
        self._trial_rungs: dict[str, int] = {}
        self._completed = 0
        self._invalid = 0

    def initial_trials(self) -> list[Operation]:
        return [self._space.sampled_trial() for _ in range(self._plan.initial_trials)]

    def trial_created(self, request_id: str) -> list[Operation]:
        self._trial_rungs[request_id] = 0
        return []

    def validation_completed(self, request_id: str, metrics: Mapping[str, Any]) -> list[Operation]:
        metric = _number(metrics, self._plan.metric, "metric")
        time = int(_number(metrics, self._plan.time_metric, "time metric")) & _UINT64
        if not self._falls_behind(request_id, time, metric if self._plan.smaller_is_better else -metric):
            return []
        return [Stop(request_id), *self._next_trial()]

    def trial_exited_early(self, request_id: str, reason: ExitedReason) -> list[Operation]:
        if reason.blames_hyperparameters:
            replaced: list[Operation] = [*self._replace_invalid(request_id)]
            return replaced
        self._rungs[self._trial_rungs.get(request_id, 0)].insert(request_id, WORST_METRIC)
        return self._next_trial()

    def trial_exited(self, request_id: str) -> list[Operation]:
        self._completed += 1
        return []

    def progress(self, trial_progress: Mapping[str, float]) -> float:
        """Reports at the first rung over all trials with a fifth to spare; once all reported, the ended ones too."""
        reported, max_trials = len(self._rungs[0].reports), self._plan.max_trials
        progress = reported / (PROGRESS_OVERHEAD * max_trials)
        if reported != max_trials:
            return progress
        return max((self._completed - self._invalid) / max_trials, progress)

    def save(self) -> dict[str, Any]:
        return {
            "rungs": [rung.save() for rung in self._rungs],
            "trial_rungs": dict(self._trial_rungs),
            "trials_completed": self._completed,
            "invalid_trials": self._invalid,
        }

    def load(self, state: dict[str, Any]) -> None:
        self._rungs = [Rung.load(rung) for rung in state["rungs"]]
        self._trial_rungs = dict(state["trial_rungs"])
        self._completed = state["trials_completed"]
        self._invalid = state["invalid_trials"]

    def _falls_behind(self, request_id: str, time: int, metric: float) -> bool:
        """Rank a report at each rung it is long enough for; whether the trial ends at the last of them."""
        top = len(self._rungs) - 1
        for level in range(self._trial_rungs.get(request_id, 0), top + 1):
            self._trial_rungs[request_id] = level
            rung = self._rungs[level]
            if time < rung.units_needed:
                return False
            place = rung.insert(request_id, metric)
            if level == top or place >= rung.places_to_continue(self._plan.divisor):
                return True
        return False

    def _next_trial(self) -> list[Operation]:
        valid_trials = len(self._trial_rungs) - self._invalid
        return [self._space.sampled_trial()] if valid_trials < self._plan.max_trials else []

    def _replace_invalid(self, request_id: str) -> list[Operation]:
        self._invalid += 1
        for rung in self._rungs[: self._trial_rungs.get(request_id, 0) + 1]:
            rung.forget(request_id)
        return [Stop(request_id), self._space.sampled_trial()]


def _number(metrics: Mapping[str, Any], name: str, what: str) -> float:
    value = metrics.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise SearcherError(f"error parsing searcher {what} ({name}) in validation metrics: {dict(metrics)}")
    return float(value)
