"""The slots of agents one by one: which an allocation holds, which are free, which were taken away (master: agentrm/agent_state.go)."""
from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Iterator, Mapping

from fakedet.domain.scheduling import Agent, Placement, Pool

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
#: Agent -> numbers of its slots; none for a task that asked for none.
Slots = Mapping[str, list[int]]
SLOT_DISABLED, AGENT_DISABLED = "slot disabled", "agent disabled"


def pool_of(db: "Database") -> Pool:
    """What is free and what is used now."""
    used, aux = _used(db)
    return Pool.of(*(_agent(row, used[row["agent_id"]], aux[row["agent_id"]]) for row in db.agents.rows()))


def slot_counts(allocation: Row) -> Placement:
    """How many slots of which agents an allocation holds."""
    return {agent: len(slots) for agent, slots in (allocation.get("agent_slots") or {}).items()}


def chosen(db: "Database", placement: Placement) -> dict[str, list[int]]:
    """Free slots of the agents of a placement, the first ones."""
    used, _ = _used(db)
    return {name: _free(db.agents.one(agent_id=name), used[name])[:count] for name, count in placement.items()}


def displaced(db: "Database", live: str) -> Iterator[tuple[Row, str]]:
    """Live allocations that stand on something that was disabled without draining, and what it was."""
    agents = {row["agent_id"]: row for row in db.agents.rows()}
    if all(agent["enabled"] and not agent["disabled_slots"] for agent in agents.values()):
        return
    for allocation in db.allocations.rows(state=live):
        reasons = (_reason(agents.get(name), slots) for name, slots in (allocation.get("agent_slots") or {}).items())
        reason = next(filter(None, reasons), None)
        if reason is not None:
            yield allocation, reason


def _reason(agent: Row | None, slots: list[int]) -> str | None:
    if agent is None or set(slots) & set(agent["disabled_slots"]) - set(agent["draining_slots"]):
        return SLOT_DISABLED
    return AGENT_DISABLED if not agent["enabled"] and not agent["draining"] else None


def _agent(row: Row, used: set[int], aux: int) -> Agent:
    enabled = set(range(row["slots"])) - set(row["disabled_slots"])
    return Agent(row["agent_id"], len(enabled), len(used & enabled), aux, takes_work=row["enabled"] and not row["draining"])


def _used(db: "Database") -> tuple[dict[str, set[int]], dict[str, int]]:
    """The slots in use by agent, and how many tasks without slots are on each."""
    used: dict[str, set[int]] = defaultdict(set)
    aux: dict[str, int] = defaultdict(int)
    for allocation in db.allocations.rows(state="RUNNING"):
        for name, slots in (allocation.get("agent_slots") or {}).items():
            used[name].update(slots)
            aux[name] += not slots
    return used, aux


def _free(agent: Row, used: set[int]) -> list[int]:
    return [number for number in range(agent["slots"]) if number not in used and number not in agent["disabled_slots"]]
