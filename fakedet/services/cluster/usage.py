"""Which slots there are and who holds them: what the master reads off its agents (master: agentrm/agent_state.go)."""
from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Iterator, Mapping

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
POOL = "default"
#: Tasks without slots that one agent takes.
AUX_CONTAINERS = 100


@dataclass(frozen=True)
class Slot:
    """One slot of an agent and, if it is in use, the allocation that holds it."""

    number: int
    enabled: bool
    draining: bool
    holder: str | None

    @property
    def container_id(self) -> str | None:
        """An id for the container that runs in the slot."""
        return None if self.holder is None else container_id(self.holder)


def slots_by_agent(db: "Database") -> dict[str, list[Slot]]:
    """The slots of each agent. Running allocations that were not placed fill the enabled ones that are left, in order."""
    placed, unplaced = _placed(db), _unplaced(db)
    return {agent["agent_id"]: [_slot(agent, number, placed, unplaced) for number in range(agent["slots"])] for agent in db.agents.rows()}


def slots_in_use(db: "Database") -> int:
    """How many slots running tasks hold."""
    return sum(allocation["slots"] for allocation in running(db))


def slots_available(db: "Database") -> int:
    """How many slots could run something, those in use included."""
    slots = slots_by_agent(db)
    return sum(_available(agent, slots[agent["agent_id"]]) for agent in db.agents.rows())


def all_slots(db: "Database") -> int:
    """How many slots there are, whether enabled or not: the most that can be asked for."""
    return sum(agent["slots"] for agent in db.agents.rows())


def running(db: "Database") -> list[Row]:
    """The allocations that have their resources, oldest first."""
    return list(db.allocations.rows(state="RUNNING"))


def container_id(allocation_id: str) -> str:
    """An id for the container of an allocation, the same whenever it is asked for."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, allocation_id))


def _placed(db: "Database") -> dict[tuple[str, int], str]:
    """By agent and slot, the allocation that holds it."""
    return {(agent, number): allocation["allocation_id"] for allocation in running(db)
            for agent, numbers in (allocation.get("agent_slots") or {}).items() for number in numbers}


def _unplaced(db: "Database") -> Iterator[str]:
    return (allocation["allocation_id"] for allocation in running(db) if allocation.get("agent_slots") is None
            for _ in range(allocation["slots"]))


def _slot(agent: Row, number: int, placed: Mapping[tuple[str, int], str], unplaced: Iterator[str]) -> Slot:
    enabled = number not in agent["disabled_slots"]
    holder = placed.get((agent["agent_id"], number)) or (next(unplaced, None) if enabled else None)
    return Slot(number, enabled, number in agent["draining_slots"], holder)


def _available(agent: Row, slots: list[Slot]) -> int:
    if agent["draining"]:
        return sum(slot.holder is not None for slot in slots)
    return sum(slot.enabled for slot in slots) if agent["enabled"] else 0
