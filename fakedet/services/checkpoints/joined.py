"""Views of checkpoints and sorted lists of them, kept between requests and made anew only after something has changed.

Sorting by a metric needs all checkpoints of an experiment with their metrics; a client that reads page after page, or asks
for the best one again and again, must not pay for that each time.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Hashable, Iterable, Mapping, Sequence

from fakedet.domain.checkpoint_sort import CheckpointListing
from fakedet.services.checkpoints.view import CheckpointView, of_trial

if TYPE_CHECKING:
    from fakedet.store.state import Change
    from fakedet.world import World

Row = Mapping[str, Any]
KEPT_LISTINGS = 8
#: The fields of a trial and of an experiment that views show.
SHOWN = {"trials": ("experiment_id", "hparams"), "experiments": ("config",)}


class JoinedCheckpoints:
    """The views of a world. It follows the commits; nothing that is not committed may be read through it."""

    def __init__(self, world: "World"):
        self._db = world.db
        self._views: dict[int, list[CheckpointView]] = {}
        self._listings: dict[Hashable, CheckpointListing] = {}
        world.db.follow(self._follow)

    def of_trial(self, trial: Row, experiment: Row) -> list[CheckpointView]:
        """The trial's checkpoints."""
        found = self._views.get(trial["id"])
        if found is None:
            found = self._views[trial["id"]] = of_trial(self._db, trial, experiment)
        return found

    def of_experiment(self, experiment: Row) -> list[CheckpointView]:
        """The checkpoints of all trials of the experiment."""
        trials = self._db.trials.rows(experiment_id=experiment["id"])
        return [view for trial in trials for view in self.of_trial(trial, experiment)]

    def listing(self, key: Hashable, make: Callable[[], CheckpointListing]) -> CheckpointListing:
        """The list that `key` stands for, as `make` made it last if nothing has changed since."""
        if key not in self._listings:
            while len(self._listings) >= KEPT_LISTINGS:
                del self._listings[next(iter(self._listings))]
            self._listings[key] = make()
        return self._listings[key]

    def _follow(self, changes: Sequence["Change"]) -> None:
        for change in changes:
            if change.table in ("checkpoints", "metrics"):
                self._forget(row["trial_id"] for row in (change.old, change.new) if row is not None)
            elif change.table in SHOWN and _shows(change):
                self._views.clear()
                self._listings.clear()

    def _forget(self, trial_ids: Iterable[int | None]) -> None:
        self._listings.clear()
        for trial_id in trial_ids:
            self._views.pop(trial_id, None)  # type: ignore[arg-type]


def _shows(change: "Change") -> bool:
    """Whether a changed trial or experiment may look different in a view; a new one has no checkpoints yet."""
    if change.old is None or change.new is None:
        return change.new is None
    return any(change.old.get(name) is not change.new.get(name) for name in SHOWN[change.table])
