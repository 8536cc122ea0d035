"""Agents and slots as messages (master: model/agent.go)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, Mapping

from fakedet.services.cluster.usage import POOL, Slot, slots_by_agent
from fakedet.services.master.identity import VERSION

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
DEVICE_TYPE = "TYPE_CPU"
BRAND = "fakedet slot"


def agent_message(db: "Database", agent: Row) -> dict[str, Any]:
    """The Agent message."""
    slots = slots_by_agent(db)[agent["agent_id"]]
    return {
        "id": agent["agent_id"], "registered_time": agent["registered_time"], "enabled": agent["enabled"], "draining": agent["draining"],
        "slots": {f"/agents/{agent['agent_id']}/slots/{slot.number}": slot_message(slot) for slot in slots},
        "containers": {container["id"]: container for container in filter(None, map(_container, slots))},
        "addresses": ["127.0.0.1"], "version": VERSION, "resource_pools": [POOL],
        "slot_stats": {"type_stats": _stats(DEVICE_TYPE, slots), "brand_stats": _stats(BRAND, slots)},
    }


def slot_message(slot: Slot) -> dict[str, Any]:
    """The Slot message."""
    return {"id": str(slot.number), "device": _device(slot), "enabled": slot.enabled, "draining": slot.draining, "container": _container(slot)}


def _device(slot: Slot) -> dict[str, Any]:
    return {"id": slot.number, "brand": BRAND, "uuid": f"slot-{slot.number}", "type": DEVICE_TYPE}


def _container(slot: Slot) -> dict[str, Any] | None:
    if slot.container_id is None:
        return None
    return {"parent": "", "id": slot.container_id, "state": "STATE_RUNNING", "devices": [_device(slot)]}


def _stats(key: str, slots: Iterable[Slot]) -> dict[str, Any]:
    """How many of the slots are in which state; nothing for an agent without any."""
    counted = list(slots)
    busy = sum(slot.holder is not None for slot in counted)
    return {key: {"states": {"STATE_RUNNING": busy} if busy else {}, "total": len(counted),
                  "disabled": sum(not slot.enabled for slot in counted), "draining": sum(slot.draining for slot in counted)}} if counted else {}
