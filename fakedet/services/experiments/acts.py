"""What can be done to experiments, one or many at once: activate, pause, cancel, kill, archive, unarchive, move, delete.

An act is a function of (call, experiment) that raises the master's objection. The single calls raise it, the bulk calls put its text
beside the id (master: internal/experiment/bulk_actions.go).
"""
from __future__ import annotations

import re
from typing import Any, Callable, Iterable, Mapping

from fakedet.domain.errors import FailedPrecondition, Internal, MasterError, NotFound, PermissionDenied, missing
from fakedet.domain.sql_text import like_pattern
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.experiments import moving
from fakedet.services.experiments.deleting import check_deletable, delete_experiment
from fakedet.services.experiments.listing import stored_states
from fakedet.services.experiments.states import ENDS, TERMINAL, set_state
from fakedet.services.registry import rpc
from fakedet.services.trials.states import is_running

Row = Mapping[str, Any]
Act = Callable[[Call, Row], None]
ALL_PROJECTS = -1


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
    if call.db.projects.row(experiment["project_id"])["archived"]:
        raise Internal(f"project ({experiment['project_id']}) is archived and cannot have experiments moved from it")
    target = _open_project(call, request.destination_project_id)
    moving.move_experiments(call.db, [experiment], target["id"])
    return {}


def _open_project(call: Call, number: int) -> Row:
    """The project, which experiments can be moved into."""
    target = finding.project(call.db, number)
    if target["archived"] or call.db.workspaces.row(target["workspace_id"])["archived"]:
        raise Internal(f"project ({number}) is archived and cannot add new experiments")
    return target


#: RPC of many -> the act, and the states that count where the filters name none.
BULK: Mapping[str, tuple[Act, frozenset[str]]] = {
    "ActivateExperiments": (activate, frozenset({"PAUSED"})),
    "PauseExperiments": (pause, frozenset({"ACTIVE"})),
    "CancelExperiments": (cancel, frozenset({"ACTIVE", "PAUSED", *ENDS})),
    "KillExperiments": (kill, frozenset({"ACTIVE", "PAUSED", *ENDS})),
    "ArchiveExperiments": (archive, TERMINAL),
    "UnarchiveExperiments": (unarchive, TERMINAL),
    "DeleteExperiments": (delete, TERMINAL),
}


def _bulk_service(act: Act, states: frozenset[str]) -> Callable[[Call, Any], dict[str, Any]]:
    def service(call: Call, request: Any) -> dict[str, Any]:
        return {"results": results_of(call, request, act, states)}
    return service


for _name, (_act, _states) in BULK.items():
    rpc(_name)(_bulk_service(_act, _states))


def results_of(call: Call, request: Any, act: Act, states: frozenset[str]) -> list[dict[str, Any]]:
    """Failures first. Who names an experiment twice reads twice that it is not there."""
    numbers = list(_chosen(call, request, act, states))
    errors = {number: _error(call, request, number, act) for number in dict.fromkeys(numbers)}
    absent = [number for number in numbers if isinstance(errors[number], NotFound)]
    present = [number for number, error in errors.items() if not isinstance(error, NotFound)]
    found = [{"id": number, "error": "" if (error := errors[number]) is None else error.as_go_text()} for number in absent + present]
    return sorted(found, key=lambda result: not result["error"])


def _error(call: Call, request: Any, number: int, act: Act) -> MasterError | None:
    try:
        experiment = finding.experiment(call.db, number)
        if request.project_id not in (ALL_PROJECTS, experiment["project_id"]):
            raise missing("experiment", number)
        act(call, experiment)
    except MasterError as error:
        return error
    return None


def _chosen(call: Call, request: Any, act: Act, states: frozenset[str]) -> Iterable[int]:
    if request.filters is None:
        return request.experiment_ids
    if act is unarchive and (request.filters.archived is None or call.settings.upstream):
        raise Internal('ERROR: column reference "archived" is ambiguous (SQLSTATE 42702)')
    wanted = stored_states(request.filters.states) or states
    return [row["id"] for row in call.db.experiments.rows()
            if row["state"] in wanted and _meets(call, request, row) and not (act is archive and row["archived"])]


def _meets(call: Call, request: Any, row: Row) -> bool:
    filters = request.filters
    config = row["config"]
    return (request.project_id in (ALL_PROJECTS, row["project_id"])
            and row["id"] not in filters.excluded_experiment_ids
            and _contains(config.get("name"), filters.name) and _contains(config.get("description"), filters.description)
            and set(filters.labels) <= set(config.get("labels") or [])
            and (filters.archived is None or filters.archived == row["archived"])
            and (not filters.user_ids or row["owner_id"] in filters.user_ids)
            and (not filters.project_id or row["project_id"] == filters.project_id))


def _contains(text: str | None, wanted: str) -> bool:
    return not wanted or re.fullmatch(like_pattern(f"%{wanted}%"), text or "", re.IGNORECASE | re.DOTALL) is not None


@rpc("MoveExperiments")
def move_experiments(call: Call, request: Any) -> dict[str, Any]:
    """Many into another project; from and into archived ones nothing moves."""
    target = _open_project(call, request.destination_project_id)
    moved: list[Row] = []

    def move(call: Call, experiment: Row) -> None:
        source = call.db.projects.row(experiment["project_id"])
        if experiment["archived"] or source["archived"] or call.db.workspaces.row(source["workspace_id"])["archived"]:
            raise FailedPrecondition("Experiment is archived.")
        moved.append(experiment)

    every = frozenset({*TERMINAL, *ENDS, "ACTIVE", "PAUSED", "RUNNING", "DELETE_FAILED"})
    results = results_of(call, request, move, every)
    moving.move_experiments(call.db, moved, target["id"])
    return {"results": results}
