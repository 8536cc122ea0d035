"""Random search, and single search as a random search for one trial.

Mirrors random.go of the master.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakedet.domain.searchers.method import SearchMethod, mean_trial_progress
from fakedet.domain.searchers.operations import ExitedReason, Operation
from fakedet.domain.searchers.sampling import SearchSpace


class RandomSearch(SearchMethod):
    """Keeps up to `max_concurrent_trials` going until `max_trials` were made; 0 means all at once."""

    def __init__(self, space: SearchSpace, *, max_trials: int, max_concurrent_trials: int) -> None:
        self._space = space
        self._max_trials = max_trials
        self._max_concurrent_trials = max_concurrent_trials
        self._created = 0

    def initial_trials(self) -> list[Operation]:
        count = min(self._max_trials, self._max_concurrent_trials or self._max_trials)
        return [self._create() for _ in range(count)]

    def trial_exited(self, request_id: str) -> list[Operation]:
        return [self._create()] if self._created < self._max_trials else []

    def progress(self, trial_progress: Mapping[str, float]) -> float:
        return mean_trial_progress(trial_progress)

    def save(self) -> dict[str, Any]:
        return {"created_trials": self._created}

    def load(self, state: dict[str, Any]) -> None:
        self._created = state["created_trials"]

    def trial_exited_early(self, request_id: str, reason: ExitedReason) -> list[Operation]:
        if reason.blames_hyperparameters:
            self._created -= 1  # its exit then creates a trial in its place
        return []

    def _create(self) -> Operation:
        self._created += 1
        return self._space.sampled_trial()


class SingleSearch(RandomSearch):
    """One trial, never replaced, not even when its hyperparameters were to blame."""

    def __init__(self, space: SearchSpace) -> None:
        super().__init__(space, max_trials=1, max_concurrent_trials=1)

    def trial_exited_early(self, request_id: str, reason: ExitedReason) -> list[Operation]:
        return []
