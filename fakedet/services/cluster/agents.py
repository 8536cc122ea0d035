"""Agents: looking at them, enabling and disabling them (master: api_agents.go, agentrm/agents.go)."""
from __future__ import annotations

from typing import Any, Callable, Mapping

from fakedet.domain.errors import PermissionDenied, missing
from fakedet.domain.paging import slice_page
from fakedet.services import rights
from fakedet.services.call import Call
from fakedet.services.cluster.agent_messages import agent_message
from fakedet.services.matching import DESCENDING
from fakedet.services.registry import rpc

Row = Mapping[str, Any]


@rpc("GetAgents")
def get_agents(call: Call, request: Any) -> dict[str, Any]:
    """All agents, a page of them, with or without their slots."""
    agents = sorted(call.db.agents.rows(), key=ORDERS.get(request.sort_by, ORDERS["SORT_BY_ID"]), reverse=request.order_by == DESCENDING)
    page = slice_page(len(agents), request.offset, request.limit)
    messages = [agent_message(call.db, agent) for agent in page.cut(agents)]
    excluded = {"slots": request.exclude_slots, "containers": request.exclude_containers}
    left_out: dict[str, dict[str, Any]] = {name: {} for name, is_out in excluded.items() if is_out}
    return {"agents": [{**message, **left_out} for message in messages], "pagination": page.block()}


@rpc("GetAgent")
def get_agent(call: Call, request: Any) -> dict[str, Any]:
    """One agent."""
    return {"agent": agent_message(call.db, agent_named(call, request.agent_id))}


@rpc("EnableAgent")
def enable_agent(call: Call, request: Any) -> dict[str, Any]:
    """The agent takes work again, on all of its slots."""
    agent = editable_agent(call, request.agent_id)
    return _changed(call, agent, enabled=True, draining=False, disabled_slots=[], draining_slots=[])


@rpc("DisableAgent")
def disable_agent(call: Call, request: Any) -> dict[str, Any]:
    """The agent takes no new work; what drains finishes what it has."""
    agent = editable_agent(call, request.agent_id)
    slots = list(range(agent["slots"]))
    return _changed(call, agent, enabled=False, draining=request.drain, disabled_slots=slots, draining_slots=slots if request.drain else [])


def editable_agent(call: Call, agent_id: str) -> Row:
    """An agent that the caller may change; who may not is not told whether it exists."""
    require_editor(call)
    return agent_named(call, agent_id)


def require_editor(call: Call) -> None:
    """Only administrators change agents and their slots."""
    rights.require_admin(call, PermissionDenied(rights.NO_PERMISSION).as_go_text())


def agent_named(call: Call, agent_id: str) -> Row:
    """The agent, or 404."""
    agent: Row | None = call.db.agents.one(agent_id=agent_id)
    if agent is None:
        raise missing("agent", agent_id)
    return agent


def _changed(call: Call, agent: Row, **changes: Any) -> dict[str, Any]:
    return {"agent": agent_message(call.db, call.db.agents.change(agent["id"], **changes))}


ORDERS: Mapping[Any, Callable[[Row], Any]] = {
    "SORT_BY_ID": lambda agent: agent["agent_id"],
    "SORT_BY_TIME": lambda agent: agent["registered_time"],
}
