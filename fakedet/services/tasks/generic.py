"""Generic tasks: refused for the reasons of the master, as far as these go; fakedet runs none (master: api_generic_tasks.go)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.errors import Internal, InvalidArgument, Unimplemented
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.cluster.usage import all_slots
from fakedet.services.config_scalars import ConfigTextError
from fakedet.services.config_text import read_config_text
from fakedet.services.registry import rpc

NO_ROWS = "sql: no rows in result set"


@rpc("CreateGenericTask", refuses=True)
def create_generic_task(call: Call, request: Any) -> dict[str, Any]:
    """Never possible, for whichever reason comes first."""
    project_id = 1 if request.project_id is None else request.project_id
    if call.db.projects.row(project_id) is None:
        raise Internal(NO_ROWS)
    if request.forked_from is not None:
        finding.task(call.db, request.forked_from)
    elif not request.config:
        raise InvalidArgument("No config file nor forked task provided")
    slots = _asked_slots(request.config)
    if slots < 0:
        raise Internal("resource slots must be >= 0")
    if slots > all_slots(call.db):
        raise Internal("slots requested exceeds cluster capacity")
    raise Unimplemented("fakedet runs no generic tasks")


@rpc("GetGenericTaskConfig")
def get_generic_task_config(call: Call, request: Any) -> dict[str, Any]:
    """The configuration of a task as text; only generic tasks have one."""
    task = finding.task(call.db, request.task_id)
    return {"config": task["config"] if isinstance(task["config"], str) else ""}


@rpc("GetTaskContextDirectory")
def get_task_context_directory(call: Call, request: Any) -> dict[str, Any]:
    """The files that a task was submitted with: a trial's are its experiment's."""
    task = finding.task(call.db, request.task_id)
    experiment = call.db.experiments.one(job_id=task["job_id"]) if task["type"] == "TRIAL" else None
    owner = experiment or call.db.commands.one(task_id=task["task_id"])
    return {"b64_tgz": owner.get("model_definition", "") if owner else ""}


@rpc("KillGenericTask")
def kill_generic_task(call: Call, request: Any) -> dict[str, Any]:
    """There are no generic tasks."""
    raise _not_generic()


@rpc("PauseGenericTask")
def pause_generic_task(call: Call, request: Any) -> dict[str, Any]:
    """There are no generic tasks."""
    raise _not_generic()


@rpc("UnpauseGenericTask")
def unpause_generic_task(call: Call, request: Any) -> dict[str, Any]:
    """There are no generic tasks."""
    raise _not_generic()


def _not_generic() -> Internal:
    return Internal(f"{NO_ROWS} (make sure task is of type GENERIC)")


def _asked_slots(text: str) -> int:
    """The slots that a configuration asks for; one that cannot be read asks for one."""
    try:
        config: Any = read_config_text(text)
    except ConfigTextError:
        return 1
    resources = config.get("resources") if isinstance(config, Mapping) else None
    slots = resources.get("slots") if isinstance(resources, Mapping) else None
    return slots if isinstance(slots, int) and not isinstance(slots, bool) else 1
