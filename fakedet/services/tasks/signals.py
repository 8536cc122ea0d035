"""What an allocation is told: to stop, and where its containers are (master: api_trials.go, task/preemptible, task/rendezvous)."""
from __future__ import annotations

from typing import Any, Generator, Mapping

from fakedet.domain.errors import Internal, InvalidArgument
from fakedet.domain.go_uuid import BadUuid, parse_uuid
from fakedet.services.call import Call
from fakedet.services.registry import rpc
from fakedet.services.tasks.allocations import check_id, live_allocation, require_resources

Row = Mapping[str, Any]
Waiting = Generator[None, None, dict[str, Any]]
#: States in which a trial has to give its slots back.
GIVING_UP = frozenset({"PAUSED", "STOPPING_CANCELED"})


@rpc("AllocationPreemptionSignal")
def allocation_preemption_signal(call: Call, request: Any) -> Waiting:
    """Whether the task has to stop: at once if so, else after as long as the client wants to wait. One that is over need not."""
    try:
        check_id(request.allocation_id)
    except InvalidArgument as error:
        raise error.wrapped("checking if allocation is editable") from None
    for _ in range(request.timeout_seconds):
        if not _is_alive(call, request.allocation_id) or _must_stop(call, request.allocation_id):
            break
        yield
    return {"preempt": _is_alive(call, request.allocation_id) and _must_stop(call, request.allocation_id)}


@rpc("AckAllocationPreemptionSignal")
def ack_allocation_preemption_signal(call: Call, request: Any) -> dict[str, Any]:
    """The task has heard it, and will end with code 0 when it has saved what it needs."""
    call.db.allocations.change(live_allocation(call, request.allocation_id)["id"], preemption_acknowledged=True)
    return {}


@rpc("AllocationPendingPreemptionSignal")
def allocation_pending_preemption_signal(call: Call, request: Any) -> dict[str, Any]:
    """The scheduler wants the slots back."""
    call.db.allocations.change(live_allocation(call, request.allocation_id)["id"], preempting=True)
    return {}


@rpc("AllocationRendezvousInfo")
def allocation_rendezvous_info(call: Call, request: Any) -> dict[str, Any]:
    """Where the containers of an allocation are: the one that there is."""
    allocation = live_allocation(call, request.allocation_id)
    require_resources(allocation, request.resources_id)
    return {"rendezvous_info": {"addresses": ["127.0.0.1"], "rank": 0, "slots": [allocation["slots"]]}}


@rpc("AllocationAllGather")
def allocation_all_gather(call: Call, request: Any) -> Waiting:
    """What all containers have sent, as soon as all have."""
    check_id(request.allocation_id)
    uuid = _uuid(request.request_uuid)
    live_allocation(call, request.allocation_id)
    call.db.gatherings.insert({"allocation_id": request.allocation_id, "request_uuid": uuid, "data": request.data or {}})
    while call.db.gatherings.tally(request_uuid=uuid) < request.num_peers and _is_alive(call, request.allocation_id):
        yield
    return {"data": [row["data"] for row in call.db.gatherings.rows(request_uuid=uuid)]}


def _is_alive(call: Call, allocation_id: str) -> bool:
    row = call.db.allocations.one(allocation_id=allocation_id)
    return row is not None and row["state"] != "TERMINATED" and not call.world.closed


def _must_stop(call: Call, allocation_id: str) -> bool:
    row = call.db.allocations.one(allocation_id=allocation_id)
    link = call.db.trial_tasks.one(task_id=row["task_id"])
    if link is None:
        raise Internal("watching preemption status: allocation is not preemptible")
    return bool(row.get("preempting")) or call.db.trials.row(link["trial_id"])["state"] in GIVING_UP


def _uuid(text: str) -> str:
    try:
        return parse_uuid(text)
    except BadUuid as error:
        raise InvalidArgument(str(error)) from None
