"""A run of a trial is over: its slots are free, and the trial ends, waits, or is given another run.

Mirrors internal/trial.go, handleAllocationExit, whichever way the trial lives.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.engine import scheduler
from fakedet.engine.exits import Exit, next_state
from fakedet.engine.trial_logs import TrialLog
from fakedet.services import allocation_sessions
from fakedet.services.experiments import searching
from fakedet.services.experiments.held_config import held_config
from fakedet.services.logs import policies
from fakedet.services.trials import waiting
from fakedet.services.trials.states import ENDS, TERMINAL, set_trial_state

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]


def end_run(world: "World", trial: Row, allocation: Row, exit: Exit) -> None:
    """The allocation is over, as its log tells."""
    TrialLog(world, trial, allocation).over(exit)
    allocation_sessions.end(world.db, allocation["allocation_id"])
    scheduler.release(world, allocation, exit)
    if trial["state"] not in TERMINAL:
        _go_on(world, world.db.trials.row(trial["id"]), exit)


def _go_on(world: "World", trial: Row, exit: Exit) -> None:
    forbidden = policies.against_retries(world.db, scheduler.task_id_of(world.db, trial))
    if exit.counts and trial["state"] not in ENDS:
        trial = _failed_once_more(world, trial, forbidden)
    experiment = world.db.experiments.row(trial["experiment_id"])
    config = held_config(experiment)
    possible = not forbidden and not _excluded_everywhere(world, trial)
    state = next_state(trial, exit, retries=possible, max_restarts=config.get("max_restarts") or 0)
    if state is not None:
        searching.trial_ended(world, set_trial_state(world, trial, state))
    elif trial["state"] == "ACTIVE":
        waiting.ask_for_run(world, trial)


def _failed_once_more(world: "World", trial: Row, forbidden: list[Row]) -> Row:
    """A failure counts, unless log policies forbid to try again."""
    if not forbidden:
        return world.db.trials.change(trial["id"], restarts=trial["restarts"] + 1)
    policies.explain(world, scheduler.task_id_of(world.db, trial), forbidden)
    return trial


def _excluded_everywhere(world: "World", trial: Row) -> bool:
    """Whether log policies have left too few slots for the trial."""
    blocked = trial.get("blocked_nodes") or ()
    left = sum(agent["slots"] for agent in world.db.agents.rows() if agent["agent_id"] not in blocked)
    return bool(blocked) and scheduler.slots_of(world.db, trial) > left
