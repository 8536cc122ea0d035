"""A trial that goes on once more: it keeps its id and what it reported, and gets a further task (master: internal/trial.go, continueSetup)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.services.trials import waiting
from fakedet.services.trials.creating import put_task

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]


def continue_trial(world: "World", experiment: Row, trial: Row) -> Row:
    """Let the trial wait for its experiment to run, under a task whose id counts those before it."""
    before = world.db.trial_tasks.tally(trial_id=trial["id"])
    task_id = f"{experiment['id']}.{trial['request_id']}-{before}"
    put_task(world, task_id, experiment["job_id"])
    world.db.trial_tasks.insert({"trial_id": trial["id"], "task_id": task_id})
    continued: Row = world.db.trials.change(trial["id"], state=experiment["state"])
    return waiting.ask_for_run(world, continued) if continued["state"] == "ACTIVE" else continued
