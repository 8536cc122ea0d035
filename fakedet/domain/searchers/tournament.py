"""Several searches at once, each hearing only of the trials it asked for.

Mirrors tournament.go of the master; adaptive ASHA is one halving a bracket.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakedet.domain.searchers.method import SearchMethod
from fakedet.domain.searchers.operations import Create, ExitedReason, Operation


class TournamentSearch(SearchMethod):
    """Passes each event to the search that created the trial."""

    def __init__(self, searches: list[SearchMethod]) -> None:
        self._searches = searches
        self._search_of: dict[str, int] = {}

    def initial_trials(self) -> list[Operation]:
        return [
            operation
            for index, search in enumerate(self._searches)
            for operation in self._claim(index, search.initial_trials())
        ]

    def trial_created(self, request_id: str) -> list[Operation]:
        index, search = self._search(request_id)
        return self._claim(index, search.trial_created(request_id))

    def validation_completed(self, request_id: str, metrics: Mapping[str, Any]) -> list[Operation]:
        index, search = self._search(request_id)
        return self._claim(index, search.validation_completed(request_id, metrics))

    def trial_exited_early(self, request_id: str, reason: ExitedReason) -> list[Operation]:
        index, search = self._search(request_id)
        return self._claim(index, search.trial_exited_early(request_id, reason))

    def trial_exited(self, request_id: str) -> list[Operation]:
        index, search = self._search(request_id)
        return self._claim(index, search.trial_exited(request_id))

    def progress(self, trial_progress: Mapping[str, float]) -> float:
        """The mean over the searches, which are halvings: they do not look at how far each trial is."""
        total = 0.0
        for search in self._searches:
            total += search.progress(trial_progress)
        return total / len(self._searches)

    def save(self) -> dict[str, Any]:
        return {"search_of": dict(self._search_of), "searches": [search.save() for search in self._searches]}

    def load(self, state: dict[str, Any]) -> None:
        self._search_of = dict(state["search_of"])
        for search, saved in zip(self._searches, state["searches"]):
            search.load(saved)

    def _search(self, request_id: str) -> tuple[int, SearchMethod]:
        index = self._search_of.get(request_id, 0)
        return index, self._searches[index]

    def _claim(self, index: int, operations: list[Operation]) -> list[Operation]:
        for operation in operations:
            if isinstance(operation, Create):
                self._search_of[operation.request_id] = index
        return operations
