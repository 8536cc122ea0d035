"""The states of managed trials: they follow their experiment, end when nothing of them runs, and tell the searcher (master: internal/trial.go)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

if TYPE_CHECKING:
    from fakedet.store import Database
    from fakedet.world import World

Row = Mapping[str, Any]
TERMINAL = frozenset({"COMPLETED", "CANCELED", "ERROR"})
#: What a stopping trial becomes when nothing of it is left running.
ENDS: Mapping[str, str] = {"STOPPING_COMPLETED": "COMPLETED", "STOPPING_CANCELED": "CANCELED", "STOPPING_KILLED": "CANCELED",
                           "STOPPING_ERROR": "ERROR"}
#: Requests to stop, from the mildest to the hardest: a milder one changes nothing.
SEVERITY = ("STOPPING_COMPLETED", "STOPPING_CANCELED", "STOPPING_KILLED", "STOPPING_ERROR")


def set_trial_state(world: "World", trial: Row, state: str) -> Row:
    """Put the trial into `state` and return its row.

    A trial that shall stop and has nothing running ends at once, and its searcher is told; who sets a terminal state tells it himself.
    """
    current = world.db.trials.row(trial["id"])
    assert current is not None
    if not _may_become(current["state"], state):
        return current
    changed: Row = world.db.trials.change(current["id"], state=state)
    if state in TERMINAL:
        return _ended(world, changed)
    return _end_if_idle(world, changed) if state in ENDS else changed


def follow_experiment(world: "World", experiment: Row) -> None:
    """The trials that have not ended take the new state of their managed experiment."""
    if experiment["unmanaged"]:
        return
    for trial in world.db.trials.rows(experiment_id=experiment["id"]):
        set_trial_state(world, trial, experiment["state"])


def has_allocation(db: "Database", trial: Row) -> bool:
    """Whether anything of the trial is running."""
    return any(allocation["end_time"] is None for link in db.trial_tasks.rows(trial_id=trial["id"])
               for allocation in db.allocations.rows(task_id=link["task_id"]))


def _may_become(current: str, wanted: str) -> bool:
    if current == wanted or current in TERMINAL:
        return False
    if current in SEVERITY:
        return wanted in TERMINAL or (wanted in SEVERITY and SEVERITY.index(wanted) > SEVERITY.index(current))
    return True


def _end_if_idle(world: "World", trial: Row) -> Row:
    from fakedet.services.experiments import searching

    if has_allocation(world.db, trial):
        return trial
    ended = set_trial_state(world, trial, ENDS[trial["state"]])
    searching.trial_ended(world, ended)
    return ended


def _ended(world: "World", trial: Row) -> Row:
    """A terminal trial and its tasks have an end."""
    for link in world.db.trial_tasks.rows(trial_id=trial["id"]):
        task = world.db.tasks.one(task_id=link["task_id"])
        if task is not None and task["end_time"] is None:
            world.db.tasks.change(task["id"], end_time=world.now())
    ended: Row = world.db.trials.change(trial["id"], end_time=world.now())
    return ended
