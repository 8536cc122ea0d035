"""Tasks: one, all that wait or run, how many of which kind (master: api_task.go, api_tasks.go)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.errors import InvalidArgument
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.cluster.usage import POOL, container_id
from fakedet.services.jobs.queue import priority_of
from fakedet.services.jobs.requests import Request, all_requests
from fakedet.services.registry import rpc
from fakedet.services.tasks.messages import allocation_within_task, allocations_of_task

Row = Mapping[str, Any]
COUNTED = {"NOTEBOOK": "notebooks", "SHELL": "shells", "COMMAND": "commands", "TENSORBOARD": "tensorboards"}


@rpc("GetTask")
def get_task(call: Call, request: Any) -> dict[str, Any]:
    """A task with its allocations; one that waits has one that is queued, after those that never started."""
    task = finding.task(call.db, request.task_id)
    waiting = [wanted for wanted in all_requests(call.db) if wanted.task_id == task["task_id"]]
    known = [allocation_within_task(row) for row in allocations_of_task(call.db, task["task_id"])]
    shown = {message["allocation_id"] for message in known}
    queued = [{"task_id": wanted.task_id, "allocation_id": wanted.allocation_id, "state": "STATE_QUEUED"}
              for wanted in waiting if wanted.allocation_id not in shown]
    allocations = sorted([*known, *queued], key=lambda message: message.get("end_time") is not None)
    return {"task": {"task_id": task["task_id"], "task_type": f"TASK_TYPE_{task['type']}", "allocations": allocations,
                     "start_time": task["start_time"], "end_time": task["end_time"], "task_state": _generic_state(task)}}


@rpc("GetTasks")
def get_tasks(call: Call, request: Any) -> dict[str, Any]:
    """Everything that waits for resources or has them."""
    return {"allocation_id_to_summary": {wanted.allocation_id: summary(call, wanted) for wanted in all_requests(call.db)}}


@rpc("GetActiveTasksCount")
def get_active_tasks_count(call: Call, request: Any) -> dict[str, Any]:
    """How many run; what waits does not count."""
    return {name: call.db.commands.tally(type=kind, state="RUNNING") for kind, name in COUNTED.items()}


@rpc("GetTaskAcceleratorData")
def get_task_accelerator_data(call: Call, request: Any) -> dict[str, Any]:
    """What the task's containers said of their machines, the newest allocation first."""
    if not request.task_id:
        raise InvalidArgument("task ID missing")
    fields = ("container_id", "allocation_id", "node_name", "accelerator_type", "accelerator_uuids")
    rows = reversed(call.db.accelerators.rows(task_id=request.task_id))
    return {"accelerator_data": [{**{name: row[name] for name in fields}, "resource_pool": POOL} for row in rows]}


def summary(call: Call, wanted: Request) -> dict[str, Any]:
    """The AllocationSummary message."""
    job = call.db.jobs.one(job_id=wanted.job_id)
    return {"task_id": wanted.task_id, "allocation_id": wanted.allocation_id, "name": wanted.name, "registered_time": wanted.registered_time,
            "resource_pool": POOL, "slots_needed": wanted.slots, "resources": [_resources(wanted)] if wanted.is_running else [],
            "scheduler_type": "priority", "priority": None if job is None else priority_of(job), "proxy_ports": []}


def _resources(wanted: Request) -> dict[str, Any]:
    container = container_id(wanted.allocation_id)
    return {"resources_id": container, "resources_type": "docker-container", "allocation_id": wanted.allocation_id,
            "agent_devices": {}, "container_id": container}


def _generic_state(task: Row) -> str | None:
    return f"GENERIC_TASK_STATE_{task['state']}" if task["type"] == "GENERIC" and task["state"] else None
