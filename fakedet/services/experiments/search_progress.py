"""How far trials have come, told to the searchers of their experiments together."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.services.experiments.live_searchers import LiveSearchers

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]


class SearchProgress:
    """What trials have reported of their progress, the last report of each counting."""

    def __init__(self, world: "World"):
        self._world = world
        #: By experiment: how far its trials are, by their request ids; the progress of the search where it was seen already.
        self._fractions: dict[int, dict[str, float]] = {}
        self._seen: dict[int, float] = {}

    def note(self, trial: Row, fraction: float) -> None:
        """A trial is this far, 0 to 1."""
        experiment_id = trial["experiment_id"]
        if trial["request_id"] is not None and self._experiment(experiment_id)["searcher"] is not None:
            self._fractions.setdefault(experiment_id, {})[trial["request_id"]] = fraction
            self._seen.pop(experiment_id, None)

    def before_validation(self, trial: Row) -> None:
        """The search is as far as it was before it hears of a validation, until the next report of progress."""
        experiment_id = trial["experiment_id"]
        if experiment_id in self._fractions and experiment_id not in self._seen:
            searchers, experiment = self._world.the(LiveSearchers), self._experiment(experiment_id)
            if searchers.hear_validations(experiment):
                self._seen[experiment_id] = searchers.of(experiment).progress()

    def tell(self) -> None:
        """Tell the searchers, and show how far they are."""
        searchers = self._world.the(LiveSearchers)
        for experiment_id, fractions in self._fractions.items():
            for request_id, fraction in fractions.items():
                searchers.tell(self._experiment(experiment_id), "progressed", request_id, fraction)
            seen = self._seen.get(experiment_id)
            progress = searchers.of(self._experiment(experiment_id)).progress() if seen is None else seen
            self._world.db.experiments.change(experiment_id, progress=progress)

    def _experiment(self, experiment_id: int) -> Row:
        experiment: Row = self._world.db.experiments.row(experiment_id)
        return experiment
