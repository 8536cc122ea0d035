"""What can be done to an experiment: activate, pause, cancel, kill, archive, unarchive, move, delete (master: api_experiment.go).

An act is a function of (call, experiment) that raises the master's objection. The single calls raise it, the bulk calls (`bulk`) put
its text beside the id.
"""
from __future__ import annotations

from typing import Any, Callable, Mapping

from fakedet.domain.errors import FailedPrecondition, Internal, PermissionDenied, missing
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.experiments import moving
from fakedet.services.experiments.deleting import check_deletable, delete_experiment
from fakedet.services.experiments.states import ENDS, TERMINAL, set_state
from fakedet.services.projects.rules import is_archived
from fakedet.services.registry import rpc
from fakedet.services.trials.states import is_running

Row = Mapping[str, Any]
Act = Callable[[Call, Row], None]


def activate(call: Call, experiment: Row) -> None:
    """Let it run."""
    _require_running(experiment)
    _activate(call, experiment)


def pause(call: Call, experiment: Row) -> None:
    """Let it wait; its trials save first."""
    _require_running(experiment)
    if experiment["state"] in ENDS:
        raise FailedPrecondition(f"experiment in incompatible state {experiment['state']}")
    set_state(call.world, experiment, "PAUSED")


def cancel(call: Call, experiment: Row) -> None:
    """Stop it gracefully."""
    if _stoppable(experiment) and experiment["state"] not in ENDS:
        set_state(call.world, experiment, "STOPPING_CANCELED")


def kill(call: Call, experiment: Row) -> None:
    """Stop it at once."""
    if not _stoppable(experiment):
        return
    if experiment["state"] in ("STOPPING_COMPLETED", "STOPPING_ERROR"):
        raise FailedPrecondition(f"experiment in incompatible state {experiment['state']}")
    set_state(call.world, experiment, "STOPPING_KILLED")


def archive(call: Call, experiment: Row) -> None:
    """Put it away; only ended ones."""
    if experiment["archived"]:
        raise FailedPrecondition("Experiment is already archived.")
    if experiment["state"] not in TERMINAL:
        raise FailedPrecondition("Experiment is not in terminal state.")
    call.db.experiments.change(experiment["id"], archived=True)


def unarchive(call: Call, experiment: Row) -> None:
    """Take it back."""
    if not experiment["archived"]:
        raise FailedPrecondition("Experiment is not archived.")
    if experiment["state"] not in TERMINAL:
        raise FailedPrecondition("Experiment is not in terminal state.")
    call.db.experiments.change(experiment["id"], archived=False)


def delete(call: Call, experiment: Row) -> None:
    """Remove it with all that belongs to it."""
    check_deletable(call.db, experiment)
    delete_experiment(call.world, experiment, owner_id=call.user["id"])


def _stoppable(experiment: Row) -> bool:
    if experiment["archived"]:
        raise missing("experiment", experiment["id"])
    return is_running(experiment)


def _activate(call: Call, experiment: Row) -> None:
    if experiment["state"] in ENDS and experiment["state"] != "STOPPING_ERROR":
        raise FailedPrecondition(f"experiment in incompatible state {experiment['state']}")
    set_state(call.world, experiment, "ACTIVE")


def _require_running(experiment: Row) -> None:
    if experiment["archived"]:
        raise missing("experiment", experiment["id"])
    if not is_running(experiment):
        raise FailedPrecondition("experiment in terminal state")


@rpc("ActivateExperiment")
def activate_experiment(call: Call, request: Any) -> dict[str, Any]:
    """One that does not run is not found; one that runs again may be archived."""
    experiment = finding.experiment(call.db, request.id)
    if not is_running(experiment):
        raise missing("experiment", request.id)
    _activate(call, experiment)
    return {}


@rpc("PauseExperiment")
def pause_experiment(call: Call, request: Any) -> dict[str, Any]:
    """Pause one."""
    pause(call, finding.experiment(call.db, request.id))
    return {}


@rpc("CancelExperiment")
def cancel_experiment(call: Call, request: Any) -> dict[str, Any]:
    """Cancel one."""
    cancel(call, finding.experiment(call.db, request.id))
    return {}


@rpc("KillExperiment")
def kill_experiment(call: Call, request: Any) -> dict[str, Any]:
    """Kill one."""
    kill(call, finding.experiment(call.db, request.id))
    return {}


@rpc("ArchiveExperiment")
def archive_experiment(call: Call, request: Any) -> dict[str, Any]:
    """Archive one."""
    archive(call, finding.experiment(call.db, request.id))
    return {}


@rpc("UnarchiveExperiment")
def unarchive_experiment(call: Call, request: Any) -> dict[str, Any]:
    """Unarchive one."""
    unarchive(call, finding.experiment(call.db, request.id))
    return {}


@rpc("DeleteExperiment")
def delete_one(call: Call, request: Any) -> dict[str, Any]:
    """Its owner and administrators may."""
    experiment = finding.experiment(call.db, request.experiment_id)
    if not call.is_admin and experiment["owner_id"] != call.user["id"]:
        raise PermissionDenied("non admin users may not delete other user's experiments")
    delete(call, experiment)
    return {}


@rpc("MoveExperiment")
def move_experiment(call: Call, request: Any) -> dict[str, Any]:
    """Into another project."""
    experiment = finding.experiment(call.db, request.experiment_id)
    if experiment["archived"]:
        raise Internal(f"experiment ({experiment['id']}) is archived and cannot be moved")
    if is_archived(call.db, call.db.projects.row(experiment["project_id"])):
        raise Internal(f"project ({experiment['project_id']}) is archived and cannot have experiments moved from it")
    target = open_project(call, request.destination_project_id)
    moving.move_experiments(call.db, [experiment], target["id"])
    return {}


def open_project(call: Call, number: int) -> Row:
    """The project, which experiments can be moved into."""
    target = finding.project(call.db, number)
    if is_archived(call.db, target):
        raise Internal(f"project ({number}) is archived and cannot add new experiments")
    return target
