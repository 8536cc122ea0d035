"""Which state an experiment may take next, and what taking it brings about (master: pkg/model/experiment.go, internal/experiment.go)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.services.webhooks import events

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]
TERMINAL = frozenset({"COMPLETED", "CANCELED", "ERROR"})
_STOPPING = {"STOPPING_KILLED", "STOPPING_CANCELED", "STOPPING_COMPLETED", "STOPPING_ERROR", "ERROR"}
#: From a state to those it may become. A state may always be set again.
TRANSITIONS: Mapping[str, frozenset[str]] = {
    "ACTIVE": frozenset({"PAUSED", *_STOPPING}),
    "PAUSED": frozenset({"ACTIVE", *_STOPPING}),
    "STOPPING_CANCELED": frozenset({"CANCELED", "STOPPING_KILLED", "STOPPING_ERROR", "ERROR"}),
    "STOPPING_KILLED": frozenset({"CANCELED", "STOPPING_ERROR", "ERROR"}),
    "STOPPING_COMPLETED": frozenset({"COMPLETED", "STOPPING_ERROR", "ERROR"}),
    "STOPPING_ERROR": frozenset({"ERROR", "ACTIVE"}),
    "CANCELED": frozenset({"DELETING"}),
    "COMPLETED": frozenset({"DELETING"}),
    "ERROR": frozenset({"DELETING"}),
    "DELETING": frozenset({"DELETE_FAILED"}),
    "DELETE_FAILED": frozenset({"DELETING"}),
}
#: What a stopping experiment or trial becomes when nothing of it is left running.
ENDS: Mapping[str, str] = {"STOPPING_COMPLETED": "COMPLETED", "STOPPING_CANCELED": "CANCELED", "STOPPING_KILLED": "CANCELED",
                           "STOPPING_ERROR": "ERROR"}


def set_state(world: "World", experiment: Row, state: str) -> Row:
    """Put a managed experiment into `state`; its trials follow, and at its end garbage collection begins. Returns the row."""
    from fakedet.services.trials.states import follow_experiment

    if experiment["state"] == state:
        return experiment
    experiment = world.db.experiments.change(experiment["id"], state=state, **_with(world, state))
    events.state_changed(world, experiment)
    if state in TERMINAL:
        return _ended(world, experiment)
    follow_experiment(world, experiment)
    return end_if_empty(world, world.db.experiments.row(experiment["id"]))


def end_if_empty(world: "World", experiment: Row) -> Row:
    """A stopping experiment none of whose trials is left becomes terminal."""
    from fakedet.services.experiments import searching

    if experiment["state"] not in ENDS or searching.running_trials(world, experiment):
        return experiment
    return set_state(world, experiment, ENDS[experiment["state"]])


def _with(world: "World", state: str) -> dict[str, Any]:
    """What else of the row changes with the state."""
    if state not in TERMINAL:
        return {}
    return {"end_time": world.now(), **({"progress": 1.0} if state == "COMPLETED" else {})}


def _ended(world: "World", experiment: Row) -> Row:
    from fakedet.services.checkpoints.collecting import collect_by_policy

    collect_by_policy(world, experiment)
    return experiment
