"""Who runs: gives free slots to queued trials in the order of their jobs, and takes them back (master: internal/rm, internal/task).

One pool. A trial waits until its slots are free; trials with fewer trial ids of the same job go first.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

if TYPE_CHECKING:
    from fakedet.store import Database
    from fakedet.world import World

Row = Mapping[str, Any]
LIVE = "RUNNING"
DEFAULT_PRIORITY = 42


def free_slots(db: "Database") -> int:
    """Slots of connected agents that nobody holds."""
    return capacity(db) - sum(allocation["slots"] for allocation in db.allocations.rows(state=LIVE))


def capacity(db: "Database") -> int:
    """Slots of all agents that take work."""
    usable = (agent for agent in db.agents.rows() if agent["enabled"] and not agent["draining"])
    return sum(agent["slots"] - len(agent["disabled_slots"]) for agent in usable)


def queued_trials(db: "Database") -> list[Row]:
    """Managed trials that wait for slots, the next one first."""
    running = {link["trial_id"] for allocation in db.allocations.rows(state=LIVE) for link in db.trial_tasks.rows(task_id=allocation["task_id"])}
    waiting = [trial for trial in db.trials.rows(state="ACTIVE") if trial["id"] not in running]
    places = {number: _place(db, number) for number in {trial["experiment_id"] for trial in waiting}}
    return sorted(waiting, key=lambda trial: (*places[trial["experiment_id"]], trial["id"]))


def allocation_of(db: "Database", trial: Row) -> Row | None:
    """The live allocation of a trial."""
    return db.allocations.one(task_id=task_id_of(db, trial), state=LIVE)


def task_id_of(db: "Database", trial: Row) -> str:
    """The trial's newest task."""
    task_id: str = db.trial_tasks.rows(trial_id=trial["id"])[-1]["task_id"]
    return task_id


def slots_of(db: "Database", trial: Row) -> int:
    """How many slots a trial asks for."""
    config = db.experiments.row(trial["experiment_id"])["config"]
    return int((config.get("resources") or {}).get("slots_per_trial") or 0)


def allocate(world: "World", trial: Row) -> Row:
    """Give the trial its slots: a live allocation of its newest task. Its attempt counts one up."""
    db, task_id = world.db, task_id_of(world.db, trial)
    attempt = trial["run_id"] + 1
    db.trials.change(trial["id"], run_id=attempt)
    number = db.allocations.insert({
        "allocation_id": f"{task_id}.{attempt}", "task_id": task_id, "state": LIVE, "slots": slots_of(db, trial),
        "resource_pool": "default", "start_time": world.now(), "end_time": None, "is_ready": True, "exit_reason": None,
        "exit_error": None, "status_code": None, "ports": {}, "proxy_address": None})
    return db.allocations.row(number)


def release(world: "World", allocation: Row) -> None:
    """Take the slots of an allocation back."""
    world.db.allocations.change(allocation["id"], state="TERMINATED", end_time=world.now())


def _place(db: "Database", experiment_id: int) -> tuple[float, ...]:
    job = db.jobs.one(job_id=db.experiments.row(experiment_id)["job_id"])
    if job is None:
        return (DEFAULT_PRIORITY, 0.0)
    return (job.get("priority") or DEFAULT_PRIORITY, job.get("q_position") or 0.0)
