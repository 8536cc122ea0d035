"""The searcher of one experiment: events of its trials in, operations out.

Mirrors searcher.go of the master. It owns the random numbers and knows when the search is over; what to create and
stop is the method's business. Its state is a plain JSON value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakedet.domain.searchers.method import SearchMethod
from fakedet.domain.searchers.methods import make_method
from fakedet.domain.searchers.operations import Create, ExitedReason, Operation, Shutdown
from fakedet.domain.searchers.random_state import RandomState
from fakedet.domain.searchers.sampling import SearchSpace
from fakedet.domain.searchers.settings import SearcherSettings


class Searcher:
    """Told of each event in the order it happens; each answer is to be carried out in order.

    >>> searcher = Searcher({"searcher": {"name": "single", "metric": "loss"}, "hyperparameters": {}}, seed=0)
    >>> [create] = searcher.initial_trials()
    >>> create.request_id, create.trial_seed
    ('ac0a7f8c-2faa-4497-b5a6-16b7c0cc21d8', 441365315)
    >>> searcher.trial_created(create.request_id)
    []
    >>> searcher.trial_exited(create.request_id)
    [Shutdown(cancelled=False, failed=False)]
    """

    def __init__(self, config: Mapping[str, Any], seed: int | None = None) -> None:
        """A fresh search of an experiment config; the seed is its `reproducibility.experiment_seed` unless given."""
        random = RandomState(config["reproducibility"]["experiment_seed"] if seed is None else seed)
        self._space = SearchSpace(config.get("hyperparameters") or {}, random)
        self._method = make_method(SearcherSettings.of(config["searcher"]), self._space)
        self._requested = 0
        # Ordered sets, in the form that is saved.
        self._closed: dict[str, bool] = {}
        self._exits: dict[str, bool] = {}
        self._cancels: dict[str, bool] = {}
        self._failures: dict[str, bool] = {}
        self._created: dict[str, bool] = {}
        self._progress: dict[str, float] = {}

    def initial_trials(self) -> list[Operation]:
        """The trials to start with; asked once, before any event."""
        return self._record(self._method.initial_trials())

    def trial_created(self, request_id: str) -> list[Operation]:
        """A trial that was asked for exists now."""
        self._created[request_id] = True
        self._progress[request_id] = 0.0
        return self._record(self._method.trial_created(request_id))

    def trial_progressed(self, request_id: str, fraction: float) -> None:
        """A trial reported how far it is, 0 to 1."""
        if request_id not in self._closed:
            self._progress[request_id] = fraction

    def validation_completed(self, request_id: str, metrics: Mapping[str, Any]) -> list[Operation]:
        """A trial reported validation metrics. Raises `SearcherError` for metrics that ASHA cannot read."""
        return self._record(self._method.validation_completed(request_id, metrics))

    def trial_exited_early(self, request_id: str, reason: ExitedReason | str) -> list[Operation]:
        """A trial failed or was cancelled; told before `trial_exited`. Only the first telling counts."""
        if request_id in self._exits:
            return []
        reason = ExitedReason(reason)
        self._note_exit(request_id, reason)
        operations = self._record(self._method.trial_exited_early(request_id, reason))
        self._exits[request_id] = True
        return operations + ([Shutdown(failed=self._all(self._failures))] if self.is_over else [])

    def trial_exited(self, request_id: str) -> list[Operation]:
        """A trial has ended, however it did."""
        self._closed[request_id] = True
        if request_id in self._progress:
            self._progress[request_id] = 1.0
        operations = self._record(self._method.trial_exited(request_id))
        if not self.is_over:
            return operations
        return [*operations, Shutdown(cancelled=self._all(self._cancels), failed=self._all(self._failures))]

    def is_created(self, request_id: str) -> bool:
        """Whether `trial_created` was told."""
        return request_id in self._created

    def is_closed(self, request_id: str) -> bool:
        """Whether `trial_exited` was told."""
        return request_id in self._closed

    @property
    def hears_validations(self) -> bool:
        """Whether `validation_completed` can make a difference."""
        return type(self._method).validation_completed is not SearchMethod.validation_completed

    @property
    def is_over(self) -> bool:
        """Whether every trial that was asked for has ended."""
        return self._requested == len(self._closed)

    def progress(self) -> float:
        """How far the search is, 0 to 1."""
        return self._method.progress(self._progress)

    def save(self) -> dict[str, Any]:
        """The state as a JSON value; `load` with the same config goes on from there."""
        return {
            "trials_requested": self._requested,
            "trials_created": dict(self._created),
            "trials_closed": dict(self._closed),
            "exits": dict(self._exits),
            "cancels": dict(self._cancels),
            "failures": dict(self._failures),
            "trial_progress": dict(self._progress),
            "rand": self._space.random.save(),
            "search_method_state": self._method.save(),
        }

    @classmethod
    def load(cls, config: Mapping[str, Any], state: Mapping[str, Any]) -> Searcher:
        """The searcher that `save` described."""
        searcher = cls(config, state["rand"]["seed"])
        searcher._space.random = RandomState.load(state["rand"])
        searcher._method.load(state["search_method_state"])
        searcher._requested = state["trials_requested"]
        searcher._created = dict(state["trials_created"])
        searcher._closed = dict(state["trials_closed"])
        searcher._exits = dict(state["exits"])
        searcher._cancels = dict(state["cancels"])
        searcher._failures = dict(state["failures"])
        searcher._progress = dict(state["trial_progress"])
        return searcher

    def _note_exit(self, request_id: str, reason: ExitedReason) -> None:
        if reason.blames_hyperparameters:
            self._progress.pop(request_id, None)
        elif reason is ExitedReason.USER_CANCELED:
            self._cancels[request_id] = True
        elif reason is ExitedReason.ERRORED:
            self._failures[request_id] = True

    def _all(self, trials: Mapping[str, bool]) -> bool:
        return len(trials) >= self._requested

    def _record(self, operations: list[Operation]) -> list[Operation]:
        self._requested += sum(isinstance(operation, Create) for operation in operations)
        return operations
