"""When a run of a synthetic trial fails, as its scenario says."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.scenario import Failure
from fakedet.engine.plans import Plan

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]


def due(world: "World", trial: Row, plan: Plan, after: int, until: int | None) -> Failure | None:
    """The failure that the run meets beyond batch `after` and no later than at `until`."""
    if not plan.scenario.failures or until is None:
        return None
    number = 1 + sum(row["id"] < trial["id"] for row in world.db.trials.rows(experiment_id=trial["experiment_id"]))
    return next((failure for failure in plan.scenario.failures
                 if after < failure.batch <= until and failure.strikes(trial["restarts"], number)), None)
