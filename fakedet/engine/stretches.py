"""Synthetic trials run from boundary to boundary, all that are on slots side by side, as long as they only report.

Such a stretch ends as soon as something happens that others see: a checkpoint, a decision of the searcher, a failure, an end, or
what waits for its own moment. Then all reports of the stretch are stored together.
"""
from __future__ import annotations

import heapq
import math
from typing import TYPE_CHECKING, Any, Mapping

from fakedet.engine import failing, scheduler, synthetic
from fakedet.engine.boundaries import reach
from fakedet.engine.harvest import Harvest, Run
from fakedet.engine.plans import Plans
from fakedet.engine.timers import clear_timer, next_due, set_timer, timers_of
from fakedet.services.metrics.together import is_new

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]


class Stretch:
    """One stretch, up to the moment `target` (None: as far as it goes)."""

    def __init__(self, world: "World", target: int | None):
        self._world = world
        other = next_due(world.db, deadlines=target is not None, but=synthetic.TIMER)
        #: When something else has its turn.
        self._until = min(math.inf if other is None else other.moment, math.inf if target is None else target + 1)
        self._harvest = Harvest(world)
        self._runs: dict[int, Run] = {}
        self._steps: dict[int, int] = {}
        timers = timers_of(world.db, synthetic.TIMER)
        self._queue = [(row["due"], row["id"], row["subject"]) for row in timers]
        #: When trials of this stretch reach their next boundary, in the order in which that was found out.
        self._moments: dict[int, int] = {}
        self._found = max((row["id"] for row in timers), default=0)

    def play(self, trial_id: int | None) -> None:
        """Begin with this trial, whose moment is now."""
        while trial_id is not None:
            run = self._runs.get(trial_id) or self._begun(trial_id)
            trial_id = self._next() if run is not None and self._goes_on(run) else None

    def _begun(self, trial_id: int) -> Run | None:
        trial = self._world.db.trials.row(trial_id)
        allocation = scheduler.allocation_of(self._world.db, trial)
        clear_timer(self._world.db, synthetic.TIMER, trial_id)
        if allocation is None:
            self._store()
            return None
        self._steps[trial_id] = allocation["step"]
        run = self._runs[trial_id] = Run(trial, allocation, self._world.the(Plans).of_trial(trial))
        return run

    def _goes_on(self, run: Run) -> bool:
        """Let the run reach its next boundary; whether nothing but reports has come of it."""
        trial_id, before = run.trial["id"], self._steps[run.trial["id"]]
        step = run.plan.cadence.next_boundary(before)
        failure = failing.due(self._world, run.trial, run.plan, before, step)
        if failure is not None or step is None:
            self._store()
            synthetic.end(self._world, run, failure)
            return False
        self._steps[trial_id] = step
        saves = reach(self._harvest, run, step)
        if not saves and step < run.plan.cadence.length and is_new(run.trial, step) and self._world.db.trials.row(trial_id) is run.trial:
            self._wait(run, step)
            return True
        self._store()
        synthetic.go_on(self._world, run, step, saves=saves)
        return False

    def _wait(self, run: Run, step: int) -> None:
        """Until its next boundary."""
        trial_id, self._found = run.trial["id"], self._found + 1
        moment = self._world.now() + synthetic.training_time(self._world, run.trial, run.plan, step)
        self._moments.pop(trial_id, None)
        self._moments[trial_id] = moment
        heapq.heappush(self._queue, (moment, self._found, trial_id))

    def _next(self) -> int | None:
        """The trial that reaches its boundary next, if it is within the stretch; its moment has come."""
        if not self._queue or self._queue[0][0] >= self._until:
            self._store()
            return None
        moment, _, trial_id = heapq.heappop(self._queue)
        self._moments.pop(trial_id, None)
        self._world.clock.move_to(moment)
        return trial_id

    def _store(self) -> None:
        self._harvest.store()
        for trial_id, step in self._steps.items():
            self._world.db.allocations.change(self._runs[trial_id].allocation["id"], step=step)
        for trial_id, moment in self._moments.items():
            set_timer(self._world.db, moment, synthetic.TIMER, trial_id)
