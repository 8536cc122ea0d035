"""Allocations, read by clients and reported on by the tasks themselves (master: api_tasks.go, task/allocation_service.go)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.errors import Internal, InvalidArgument, missing
from fakedet.services.call import Call
from fakedet.services.jobs.requests import all_requests
from fakedet.services.registry import rpc
from fakedet.services.tasks.messages import allocation_message

Row = Mapping[str, Any]
NO_ROWS = "sql: no rows in result set"
NO_SUCH_ALLOCATION = ('adding allocation acceleration data: ERROR: insert or update on table "allocation_accelerators" violates foreign key '
                      'constraint "allocation_accelerators_allocation_id_fkey" (SQLSTATE 23503)')


@rpc("GetAllocation")
def get_allocation(call: Call, request: Any) -> dict[str, Any]:
    """An allocation, also one that is over or has not begun."""
    allocation_id = request.allocation_id
    if "." not in allocation_id:
        raise InvalidArgument(f"allocationID {allocation_id} does not contain at least ','")
    row = call.db.allocations.one(allocation_id=allocation_id)
    if row is not None:
        return {"allocation": allocation_message(row)}
    for wanted in all_requests(call.db):
        if wanted.allocation_id == allocation_id:
            return {"allocation": {"task_id": wanted.task_id, "allocation_id": allocation_id, "slots": wanted.slots}}
    raise Internal(f"querying allocation {allocation_id}: querying allocation {allocation_id}: {NO_ROWS}")


@rpc("AllocationReady")
def allocation_ready(call: Call, request: Any) -> dict[str, Any]:
    """The task says that it can be used."""
    call.db.allocations.change(live_allocation(call, request.allocation_id)["id"], is_ready=True)
    return {}


@rpc("AllocationWaiting")
def allocation_waiting(call: Call, request: Any) -> dict[str, Any]:
    """The task says that it waits for something."""
    call.db.allocations.change(live_allocation(call, request.allocation_id)["id"], state="WAITING")
    return {}


@rpc("PostAllocationProxyAddress")
def post_allocation_proxy_address(call: Call, request: Any) -> dict[str, Any]:
    """The task says where it can be reached."""
    call.db.allocations.change(live_allocation(call, request.allocation_id)["id"], proxy_address=request.proxy_address)
    return {}


@rpc("PostAllocationAcceleratorData")
def post_allocation_accelerator_data(call: Call, request: Any) -> dict[str, Any]:
    """The task says what it runs on; also of an allocation that is over."""
    check_id(request.allocation_id)
    allocation = call.db.allocations.one(allocation_id=request.allocation_id)
    sent = request.accelerator_data
    if sent is None:
        raise Internal("runtime error: invalid memory address or nil pointer dereference")
    if allocation is None:
        raise Internal(NO_SUCH_ALLOCATION)
    call.db.accelerators.insert({
        "allocation_id": request.allocation_id, "task_id": allocation["task_id"], "container_id": sent.container_id,
        "node_name": sent.node_name, "accelerator_type": sent.accelerator_type, "accelerator_uuids": sent.accelerator_uuids})
    return {}


@rpc("MarkAllocationResourcesDaemon")
def mark_allocation_resources_daemon(call: Call, request: Any) -> dict[str, Any]:
    """A container that need not end by itself."""
    require_resources(live_allocation(call, request.allocation_id), request.resources_id)
    return {}


@rpc("NotifyContainerRunning")
def notify_container_running(call: Call, request: Any) -> dict[str, Any]:
    """Only for resource managers that fakedet's master is not one of."""
    check_id(request.allocation_id)
    raise Internal("operation not supported")


def live_allocation(call: Call, allocation_id: str) -> Row:
    """An allocation that has not ended, or 404."""
    check_id(allocation_id)
    row: Row | None = call.db.allocations.one(allocation_id=allocation_id)
    if row is None or row["state"] == "TERMINATED":
        raise missing("allocation", allocation_id)
    return row


def check_id(allocation_id: str) -> None:
    """An allocation's id is its task's and a number."""
    if "." not in allocation_id:
        raise InvalidArgument(f"allocationID {allocation_id} does not contain at least '.'")


def require_resources(allocation: Row, resources_id: str) -> None:
    """An allocation that runs has one set of resources, whose id is anything but blank here."""
    if allocation["state"] != "RUNNING" or not resources_id:
        raise Internal(f"stale resources {resources_id}")
