"""Grid search: every point of the grid once, the last one first.

Mirrors grid.go of the master.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakedet.domain.searchers.grid_points import Grid
from fakedet.domain.searchers.method import SearchMethod, mean_trial_progress
from fakedet.domain.searchers.operations import Operation
from fakedet.domain.searchers.sampling import SearchSpace


class GridSearch(SearchMethod):
    """Keeps up to `max_concurrent_trials` going until no point is left; 0 means all at once."""

    def __init__(self, space: SearchSpace, *, max_concurrent_trials: int) -> None:
        self._space = space
        self._max_concurrent_trials = max_concurrent_trials
        # The points follow from the hyperparameters, so only their number is state.
        self._points = Grid(space.hyperparameters)
        self._remaining = len(self._points)

    def initial_trials(self) -> list[Operation]:
        count = min(self._remaining, self._max_concurrent_trials or self._remaining)
        return [self._create() for _ in range(count)]

    def trial_exited(self, request_id: str) -> list[Operation]:
        return [self._create()] if self._remaining else []

    def progress(self, trial_progress: Mapping[str, float]) -> float:
        return mean_trial_progress(trial_progress)

    def save(self) -> dict[str, Any]:
        return {"remaining_trials": self._remaining}

    def load(self, state: dict[str, Any]) -> None:
        self._remaining = state["remaining_trials"]

    def _create(self) -> Operation:
        self._remaining -= 1
        return self._space.trial(self._points[self._remaining])
