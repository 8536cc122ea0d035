"""The states of managed trials: they follow their experiment, and end when nothing of them runs any more (master: internal/trial.go)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.services.trials import waiting

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

    A trial that shall stop and has nothing running ends at once. Who has ended a trial tells its searcher (`searching.trial_ended`).
    """
    current = world.db.trials.row(trial["id"])
    assert current is not None
    if not _may_become(current["state"], state):
        return current
    if waiting.is_waiting(world.db, current):
        waiting.withdraw(world, current, state)
    changed: Row = world.db.trials.change(current["id"], state=state)
    if state in TERMINAL:
        return _ended(world, changed)
    if state in ENDS and not has_allocation(world.db, changed):
        return set_trial_state(world, changed, ENDS[state])
    if state == "ACTIVE" and trial["request_id"] is not None and not has_allocation(world.db, changed):
        return waiting.ask_for_run(world, changed)
    return changed


def request_state(world: "World", trial: Row, state: str) -> None:
    """Ask the trial to take `state`; if that ends it, its searcher is told."""
    from fakedet.services.experiments import searching

    stopped = set_trial_state(world, trial, state)
    if trial["state"] not in TERMINAL and stopped["state"] in TERMINAL:
        searching.trial_ended(world, stopped)


def follow_experiment(world: "World", experiment: Row) -> None:
    """The trials that run for their experiment take its new state."""
    from fakedet.services.experiments import searching

    for trial in searching.running_trials(world, experiment):
        request_state(world, trial, experiment["state"])


def is_managed(experiment: Row) -> bool:
    """Whether the master runs the experiment, or did: an unmanaged one that was continued has a searcher."""
    return not experiment["unmanaged"] or experiment["searcher"] is not None


def is_running(experiment: Row) -> bool:
    """Whether the master runs the experiment: it is managed and has not ended."""
    return is_managed(experiment) and experiment["state"] not in (*TERMINAL, "DELETING", "DELETE_FAILED")


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


def _ended(world: "World", trial: Row) -> Row:
    """A terminal trial and its tasks have an end."""
    for link in world.db.trial_tasks.rows(trial_id=trial["id"]):
        task = world.db.tasks.one(task_id=link["task_id"])
        if task is not None and task["end_time"] is None:
            world.db.tasks.change(task["id"], end_time=world.now())
    ended: Row = world.db.trials.change(trial["id"], end_time=world.now())
    return ended
