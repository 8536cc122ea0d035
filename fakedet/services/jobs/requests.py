"""Everything that asks for slots or holds some: the queue of the resource manager, read off trials and commands (master: rm/tasklist)."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Iterator, Mapping

from fakedet.engine import scheduler
from fakedet.services.trials.states import is_managed

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
PENDING = "PENDING"
GARBAGE_COLLECTION = "CHECKPOINT_GC"


@dataclass(frozen=True)
class Request:
    """One allocation that waits or runs. `job_id` tells whose it is."""

    job_id: str
    task_id: str
    allocation_id: str
    name: str
    slots: int
    is_running: bool
    registered_time: int


def all_requests(db: "Database") -> list[Request]:
    """Waiting ones and running ones, in no order that counts."""
    return [*_of_waiting_trials(db), *_of_allocations(db)]


def _of_waiting_trials(db: "Database") -> Iterator[Request]:
    """A trial has no allocation until it gets its slots."""
    for trial in db.trials.rows(state="ACTIVE"):
        experiment = db.experiments.row(trial["experiment_id"])
        if is_managed(experiment) and scheduler.allocation_of(db, trial) is None:
            task_id = scheduler.task_id_of(db, trial)
            yield Request(experiment["job_id"], task_id, f"{task_id}.{trial['run_id']}", _trial_name(trial),
                          scheduler.slots_of(db, trial), False, trial["start_time"])


def _of_allocations(db: "Database") -> Iterator[Request]:
    for state in (PENDING, scheduler.LIVE):
        for allocation in db.allocations.rows(state=state):
            task = db.tasks.one(task_id=allocation["task_id"])
            yield Request(_job_id(task, allocation), task["task_id"], allocation["allocation_id"], _task_name(db, task),
                          allocation["slots"], state == scheduler.LIVE, allocation["start_time"] or task["start_time"])


def _job_id(task: Row, allocation: Row) -> str:
    """The job as the queue knows it: each garbage collection has one of its own there, which is in no table."""
    if task["type"] == GARBAGE_COLLECTION:
        return f"checkpoint_gc-{allocation['allocation_id']}"
    job_id: str = task["job_id"]
    return job_id


def _task_name(db: "Database", task: Row) -> str:
    link = db.trial_tasks.one(task_id=task["task_id"])
    if link is not None:
        return _trial_name(db.trials.row(link["trial_id"]))
    if task["type"] == GARBAGE_COLLECTION:
        return f"Checkpoint GC (Experiment {task['config']['experiment_id']})"
    command = db.commands.one(task_id=task["task_id"])
    return command["description"] if command else f"{task['type'].replace('_', ' ').title()} {task['task_id']}"


def _trial_name(trial: Row) -> str:
    return f"Trial {trial['id']} (Experiment {trial['experiment_id']})"
