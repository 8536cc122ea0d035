"""The checkpoint of a trial that has the best validation, kept between requests (master: best_checkpoint in proto_get_trials_plus.sql).

A trial that validates and saves in turn is read after each step. What was best before is remembered with the steps that have
checkpoints, and compared only with what is new; any other change makes the trial be read anew.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Mapping, Sequence

from fakedet.domain.errors import MasterError
from fakedet.domain.metric_groups import VALIDATION
from fakedet.domain.searcher_metric import Goal, Rank
from fakedet.domain.sql_casts import as_integer
from fakedet.services.metrics.steps import at

if TYPE_CHECKING:
    from fakedet.store.state import Change
    from fakedet.world import World

Row = Mapping[str, Any]


@dataclass
class _Known:
    """What is remembered of one trial: its best checkpoint's place and id, and the steps of all its checkpoints."""

    goal: Goal
    steps: set[int | None]
    best: tuple[Rank, int] | None = None


class BestCheckpoints:
    """The best checkpoints of a world. It follows the commits; nothing that is not committed may be read through it."""

    def __init__(self, world: "World"):
        self._db = world.db
        self._known: dict[int, _Known] = {}
        world.db.follow(self._follow)

    def of_trial(self, trial: Row, goal: Goal) -> Row | None:
        """The completed checkpoint at the step of the best validation that has one."""
        known = self._known.get(trial["id"])
        if known is None or known.goal != goal:
            known = self._known[trial["id"]] = self._read(trial["id"], goal)
        return self._db.checkpoints.row(known.best[1]) if known.best else None

    def _read(self, trial_id: int, goal: Goal) -> _Known:
        known = _Known(goal, set())
        for checkpoint in self._db.checkpoints.rows(trial_id=trial_id):
            self._add(known, checkpoint)
        return known

    def _add(self, known: _Known, checkpoint: Row) -> None:
        step = as_integer(checkpoint["metadata"].get("steps_completed"))
        known.steps.add(step)
        place = self._place(known.goal, checkpoint, step)
        if place is not None and (known.best is None or place < known.best):
            known.best = place

    def _place(self, goal: Goal, checkpoint: Row, step: int | None) -> tuple[Rank, int] | None:
        if step is None or checkpoint["state"] != "COMPLETED":
            return None
        validation = at(self._db, self._db.trials.row(checkpoint["trial_id"]), VALIDATION, step)
        metrics = validation["metrics"]["validation_metrics"] if validation else {}
        return None if metrics.get(goal.metric) is None else (goal.rank_of(metrics), checkpoint["id"])

    def _follow(self, changes: Sequence["Change"]) -> None:
        for change in changes:
            if change.table in ("checkpoints", "metrics"):
                row = change.new or change.old or {}
                known = self._known.get(row["trial_id"])
                if known is not None and not self._goes_on(known, change):
                    del self._known[row["trial_id"]]

    def _goes_on(self, known: _Known, change: "Change") -> bool:
        """Whether what is known could be kept up to date."""
        if change.old is not None or change.new is None:
            return False
        if change.table == "metrics":
            return change.new["group"] != VALIDATION or change.new["total_batches"] not in known.steps
        try:
            self._add(known, change.new)
        except MasterError:  # its steps are no number: whoever reads the trial is told
            return False
        return True
