"""Trials that wait for slots: the next run of a trial is asked for under its number, and withdrawn if the trial may not run any more.

Mirrors internal/trial.go, maybeAllocateTask, and what internal/task tells of an allocation that is aborted before it starts.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

if TYPE_CHECKING:
    from fakedet.store import Database
    from fakedet.world import World

Row = Mapping[str, Any]
#: Why a trial leaves the queue, by the state that it takes.
REASONS = {"PAUSED": "user requested pause", "STOPPING_CANCELED": "user requested cancellation"}
KILLED = "user requested kill"


def ask_for_run(world: "World", trial: Row) -> Row:
    """From now on the trial waits for its next run."""
    asked: Row = world.db.trials.change(trial["id"], run_id=trial["run_id"] + 1)
    _say(world, asked, f"Scheduling {_name(trial)} (id: {run_asked(world.db, asked)})")
    return asked


def is_waiting(db: "Database", trial: Row) -> bool:
    """Whether a run is asked for that has no slots yet."""
    is_asked = trial["request_id"] is not None and trial["run_id"] > 0 and trial["state"] == "ACTIVE"
    return is_asked and db.allocations.one(allocation_id=run_asked(db, trial)) is None


def withdraw(world: "World", trial: Row, state: str) -> None:
    """The waiting trial takes `state` instead: its run is over before it started."""
    allocation_id, reason = run_asked(world.db, trial), f"allocation aborted after exit before start: {REASONS.get(state, KILLED)}"
    world.db.allocations.insert({
        "allocation_id": allocation_id, "task_id": _task_id(world.db, trial), "state": "TERMINATED", "slots": 0, "agent_slots": {},
        "resource_pool": "default", "start_time": None, "end_time": world.now(), "is_ready": None, "exit_reason": reason, "exit_error": None,
        "status_code": None, "ports": {}, "proxy_address": None})
    _say(world, trial, f"{_name(trial)} was terminated: {reason}")


def run_asked(db: "Database", trial: Row) -> str:
    """The allocation of the trial's newest run."""
    return f"{_task_id(db, trial)}.{trial['run_id']}"


def _task_id(db: "Database", trial: Row) -> str:
    task_id: str = db.trial_tasks.rows(trial_id=trial["id"])[-1]["task_id"]
    return task_id


def _name(trial: Row) -> str:
    return f"Trial {trial['id']} (Experiment {trial['experiment_id']})"


def _say(world: "World", trial: Row, text: str) -> None:
    """A line of the master in the log of the trial."""
    from fakedet.services.logs.writing import say

    say(world, _task_id(world.db, trial), text)
