"""What a failed run means for its trial: it is started again, or was the last (master: internal/trial.go, handleAllocationExit)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.services.logs import policies
from fakedet.services.trials.states import set_trial_state

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]


def run_failed(world: "World", trial: Row) -> Row:
    """The trial after one of its runs failed; its slots are free already. Who has ended a trial tells its searcher."""
    task_id = world.db.trial_tasks.rows(trial_id=trial["id"])[-1]["task_id"]
    forbidden = policies.against_retries(world.db, task_id)
    if forbidden:
        policies.explain(world, task_id, forbidden)
    if trial["state"] != "ACTIVE" or forbidden:
        return _errored(world, trial)
    restarts = trial["restarts"] + 1
    experiment = world.db.experiments.row(trial["experiment_id"])
    trial = world.db.trials.change(trial["id"], restarts=restarts)
    config = experiment.get("held_config") or experiment["config"]
    return _errored(world, trial) if restarts > (config.get("max_restarts") or 0) else trial


def _errored(world: "World", trial: Row) -> Row:
    return set_trial_state(world, set_trial_state(world, trial, "STOPPING_ERROR"), "ERROR")
