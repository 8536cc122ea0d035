"""Where an allocation fits: on one agent that has the slots free, else on several that are wholly free (master: agentrm/fitting.go).

Of several agents the fullest is taken; ties are broken by a hash, so that tasks without slots spread.
"""
from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Mapping

#: Agent -> slots on it; no slots for a task that asks for none.
Placement = Mapping[str, int]
#: Tasks without slots that one agent takes.
AUX_CONTAINERS = 100


@dataclass(frozen=True)
class Ask:
    """One allocation that waits for slots or has them.

    `place` orders the asks of a priority: the position of the job, then the age of the ask.
    """

    key: str
    job: str
    slots: int
    priority: int = 42
    place: tuple[float, float] = (0.0, 0.0)
    weight: float = 1.0
    max_slots: int | None = None
    submitted: int = 0
    preemptible: bool = True
    single_agent: bool = False
    blocked: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Agent:
    """An agent: the slots it offers and those in use, and how many tasks without slots are on it."""

    name: str
    slots: int
    used: int = 0
    aux_used: int = 0
    takes_work: bool = True

    @property
    def free(self) -> int:
        """Slots that may be given away."""
        return max(self.slots - self.used, 0) if self.takes_work else 0

    @property
    def aux_free(self) -> int:
        """Tasks without slots that it can take besides."""
        return AUX_CONTAINERS - self.aux_used if self.takes_work else 0


@dataclass
class Pool:
    """Agents by name. Placing changes it; a copy is for plans."""

    agents: dict[str, Agent] = field(default_factory=dict)

    @classmethod
    def of(cls, *agents: Agent) -> "Pool":
        """The pool of these agents."""
        return cls({agent.name: agent for agent in agents})

    def copy(self) -> "Pool":
        """One to plan with."""
        return Pool(dict(self.agents))

    @property
    def capacity(self) -> int:
        """All slots, used or not."""
        return sum(agent.slots if agent.takes_work else agent.used for agent in self.agents.values())

    def fit(self, ask: Ask) -> Placement | None:
        """Where the ask fits now, None if nowhere."""
        return self._on_one(ask) or (self._on_several(ask) if ask.slots > 1 and not ask.single_agent else None)

    def take(self, placement: Placement) -> None:
        """The slots of a placement are used from now on."""
        self._move(placement, +1)

    def give_back(self, placement: Placement) -> None:
        """They are free again."""
        self._move(placement, -1)

    def _move(self, placement: Placement, sign: int) -> None:
        for name, slots in placement.items():
            agent = self.agents.get(name)
            if agent is not None:
                self.agents[name] = replace(agent, used=agent.used + sign * slots, aux_used=agent.aux_used + (0 if slots else sign))

    def _on_one(self, ask: Ask) -> Placement | None:
        viable = [agent for agent in self.agents.values()
                  if ask.slots <= agent.free and (ask.slots or agent.aux_free > 0) and agent.name not in ask.blocked]
        return {_best_first(ask, viable)[0].name: ask.slots} if viable else None

    def _on_several(self, ask: Ask) -> Placement | None:
        """The same number of slots on each, all that it has; as few agents as possible."""
        by_size: dict[int, list[Agent]] = defaultdict(list)
        for agent in self.agents.values():
            if agent.used == 0 and agent.free and agent.name not in ask.blocked:
                by_size[agent.free].append(agent)
        for size in sorted(by_size, reverse=True):
            needed, rest = divmod(ask.slots, size)
            if not rest and needed <= len(by_size[size]):
                return {agent.name: size for agent in _best_first(ask, by_size[size])[:needed]}
        return None


def _best_first(ask: Ask, agents: list[Agent]) -> list[Agent]:
    return sorted(agents, key=lambda agent: (-_score(ask, agent), _distance(ask, agent), agent.name))


def _score(ask: Ask, agent: Agent) -> float:
    """How well the agent would be filled."""
    return 1.0 / (1.0 + (agent.free if agent.used or ask.slots else agent.aux_free))


def _distance(ask: Ask, agent: Agent) -> int:
    return (_hash(ask.key) - _hash(agent.name)) % 2**64


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.md5(text.encode(), usedforsecurity=False).digest()[:8], "little")
