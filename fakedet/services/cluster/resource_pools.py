"""The resource pools: one of static agents, by name `default` (master: api_resourcepool.go, agentrm/agent_resource_manager.go)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakedet.domain.paging import slice_page
from fakedet.engine.scheduler import DEFAULT_PRIORITY, FAIR_SHARE, PREEMPTION
from fakedet.services.call import Call
from fakedet.services.cluster.agent_messages import DEVICE_TYPE
from fakedet.services.cluster.usage import AUX_CONTAINERS, POOL, running, slots_available, slots_by_agent, slots_in_use
from fakedet.services.jobs.queue import queue_stats
from fakedet.services.registry import rpc

if TYPE_CHECKING:
    from fakedet.world import World

_FIXED: dict[str, Any] = {
    "name": POOL, "type": "RESOURCE_POOL_TYPE_STATIC", "default_compute_pool": True, "default_aux_pool": True, "slots_per_agent": -1,
    "aux_container_capacity_per_agent": AUX_CONTAINERS,
    "scheduler_fitting_policy": "FITTING_POLICY_BEST", "location": "on-prem", "cluster_name": "default", "accelerator": "",
}


@rpc("GetResourcePools")
def get_resource_pools(call: Call, request: Any) -> dict[str, Any]:
    """The one pool; it is never bound to workspaces."""
    page = slice_page(1, request.offset, request.limit)
    return {"resource_pools": list(page.cut([pool_message(call.world)])), "pagination": page.block()}


def pool_message(world: "World") -> dict[str, Any]:
    """The ResourcePool message."""
    db = world.db
    has_slots = any(slot.enabled for slots in slots_by_agent(db).values() for slot in slots)
    takers = sum(agent["enabled"] and not agent["draining"] for agent in db.agents.rows())
    return {
        **_FIXED, **_scheduler(world.settings.scheduler),
        "num_agents": db.agents.tally(), "slots_available": slots_available(db), "slots_used": slots_in_use(db),
        "slot_type": DEVICE_TYPE if has_slots else "TYPE_UNSPECIFIED", "aux_container_capacity": takers * AUX_CONTAINERS,
        "aux_containers_running": sum(allocation["slots"] == 0 for allocation in running(db)), "stats": queue_stats(db),
    }


def _scheduler(kind: str) -> dict[str, Any]:
    """How the pool says that it schedules."""
    if kind == FAIR_SHARE:
        return {"scheduler_type": "SCHEDULER_TYPE_FAIR_SHARE", "details": {}}
    details = {"preemption": kind == PREEMPTION, "default_priority": DEFAULT_PRIORITY}
    return {"scheduler_type": "SCHEDULER_TYPE_PRIORITY", "details": {"priority_scheduler": details}}
