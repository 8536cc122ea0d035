"""Slots one by one (master: api_agents.go, agentrm/agent_state.go)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.errors import Internal
from fakedet.domain.go_text import NumError, parse_int
from fakedet.services.call import Call
from fakedet.services.cluster.agent_messages import slot_message
from fakedet.services.cluster.agents import agent_named, require_editor
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
    number = _number(request.slot_id)
    return _answer(call, agent_named(call, request.agent_id), number)


@rpc("EnableSlot")
def enable_slot(call: Call, request: Any) -> dict[str, Any]:
    """The slot takes work again; if it was draining it says so all the same."""
    agent, number = _editable(call, request)
    call.db.agents.change(agent["id"], disabled_slots=_without(agent["disabled_slots"], number))
    return _answer(call, agent, number)


@rpc("DisableSlot")
def disable_slot(call: Call, request: Any) -> dict[str, Any]:
    """The slot takes no new work."""
    agent, number = _editable(call, request)
    draining = _without(agent["draining_slots"], number)
    call.db.agents.change(agent["id"], disabled_slots=[*_without(agent["disabled_slots"], number), number],
                          draining_slots=[*draining, number] if request.drain else draining)
    return _answer(call, agent, number)


def _editable(call: Call, request: Any) -> tuple[Row, int]:
    """The agent and the number of its slot, for who may change them; a number is read before its agent is looked for."""
    require_editor(call)
    number = _number(request.slot_id)
    agent = agent_named(call, request.agent_id)
    _require_slot(agent, number)
    return agent, number


def _answer(call: Call, agent: Row, number: int) -> dict[str, Any]:
    _require_slot(agent, number)
    return {"slot": slot_message(slots_by_agent(call.db)[agent["agent_id"]][number])}


def _number(slot_id: str) -> int:
    try:
        return parse_int(slot_id, 64, base=10)
    except NumError:
        raise Internal(f"invalid slot id: {slot_id}") from None


def _require_slot(agent: Row, number: int) -> None:
    if not 0 <= number < agent["slots"]:
        raise Internal(f"bad updateSlotDeviceView on device: {number} ({agent['agent_id']}): not found")


def _without(numbers: list[int], number: int) -> list[int]:
    return [other for other in numbers if other != number]
