"""Slots one by one (master: api_agents.go, agentrm/agent_state.go)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.errors import Internal
from fakedet.domain.go_text import NumError, parse_int
from fakedet.services.call import Call
from fakedet.services.cluster.agent_messages import slot_message
from fakedet.services.cluster.agents import agent_named, editable_agent
from fakedet.services.cluster.usage import slots_by_agent
from fakedet.services.registry import rpc

Row = Mapping[str, Any]


@rpc("GetSlots")
def get_slots(call: Call, request: Any) -> dict[str, Any]:
    """The slots of an agent."""
    agent = agent_named(call, request.agent_id)
    return {"slots": list(map(slot_message, slots_by_agent(call.db)[agent["agent_id"]]))}


@rpc("GetSlot")
def get_slot(call: Call, request: Any) -> dict[str, Any]:
    """One slot."""
    return _answer(call, agent_named(call, request.agent_id), request.slot_id)


@rpc("EnableSlot")
def enable_slot(call: Call, request: Any) -> dict[str, Any]:
    """The slot takes work again; if it was draining it says so all the same."""
    agent = editable_agent(call, request.agent_id)
    number = _number(agent, request.slot_id)
    call.db.agents.change(agent["id"], disabled_slots=_without(agent["disabled_slots"], number))
    return _answer(call, agent, request.slot_id)


@rpc("DisableSlot")
def disable_slot(call: Call, request: Any) -> dict[str, Any]:
    """The slot takes no new work."""
    agent = editable_agent(call, request.agent_id)
    number = _number(agent, request.slot_id)
    draining = _without(agent["draining_slots"], number)
    call.db.agents.change(agent["id"], disabled_slots=[*_without(agent["disabled_slots"], number), number],
                          draining_slots=[*draining, number] if request.drain else draining)
    return _answer(call, agent, request.slot_id)


def _answer(call: Call, agent: Row, slot_id: str) -> dict[str, Any]:
    return {"slot": slot_message(slots_by_agent(call.db)[agent["agent_id"]][_number(agent, slot_id)])}


def _number(agent: Row, slot_id: str) -> int:
    try:
        number = parse_int(slot_id, 64, base=10)
    except NumError:
        raise Internal(f"invalid slot id: {slot_id}") from None
    if not 0 <= number < agent["slots"]:
        raise Internal(f"bad updateSlotDeviceView on device: {number} ({agent['agent_id']}): not found")
    return number


def _without(numbers: list[int], number: int) -> list[int]:
    return [other for other in numbers if other != number]
