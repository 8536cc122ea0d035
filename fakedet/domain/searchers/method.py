"""What every search method answers to.

Mirrors search_method.go of the master: a method hears of its trials and returns operations; by default it does nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import reduce
from operator import add
from typing import Any

from fakedet.domain.searchers.operations import ExitedReason, Operation


class SearchMethod(ABC):
    """One way to search. It keeps its own state, which `save` gives as a JSON value."""

    @abstractmethod
    def initial_trials(self) -> list[Operation]:
        """The trials to start with; asked once."""

    @abstractmethod
    def progress(self, trial_progress: Mapping[str, float]) -> float:
        """How far the search is, 0 to 1, given how far its trials are; those that have ended are at 1."""

    @abstractmethod
    def save(self) -> dict[str, Any]:
        """The state as a JSON value."""

    @abstractmethod
    def load(self, state: dict[str, Any]) -> None:
        """Take up the state that `save` gave."""

    def trial_created(self, request_id: str) -> list[Operation]:
        """A trial that was asked for exists."""
        return []

    def validation_completed(self, request_id: str, metrics: Mapping[str, Any]) -> list[Operation]:
        """A trial reported a validation."""
        return []

    def trial_exited_early(self, request_id: str, reason: ExitedReason) -> list[Operation]:
        """A trial is about to end before its time."""
        return []

    def trial_exited(self, request_id: str) -> list[Operation]:
        """A trial has ended."""
        return []


def mean_trial_progress(trial_progress: Mapping[str, float]) -> float:
    """The mean over the created trials. It falls when new trials start."""
    if not trial_progress:
        return 0.0
    return reduce(add, trial_progress.values()) / len(trial_progress)  # not sum(), which adds floats differently from Python 3.12 on
