"""The priority scheduler: small numbers first, within one the order of the queue; what does not fit is passed over.

With preemption, what is more urgent may take the slots of what is less, and what fits behind something that waits is filled in if it
can be sent away again. Tasks with and without slots do not see each other (master: agentrm/priority.go).
"""
from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Iterable, Mapping, Sequence

from fakedet.domain.scheduling.fitting import Ask, Placement, Pool

LOWEST_PRIORITY = 99


@dataclass
class Decision:
    """What to start, in order, each with its place, and the keys of what to send away."""

    starts: list[tuple[Ask, Placement]] = field(default_factory=list)
    releases: list[str] = field(default_factory=list)


def by_priority(waiting: Iterable[Ask], running: Mapping[str, Placement], asks_of_running: Iterable[Ask], pool: Pool, *,
                preemption: bool = False) -> Decision:
    """Decide for a pool in which `running` has the places of what runs, by key."""
    decision, held = Decision(), list(asks_of_running)
    queued = list(waiting)
    for has_slots in (True, False):
        round_of_asks = _Round(pool.copy(), running, [ask for ask in held if bool(ask.slots) == has_slots], preemption)
        made = round_of_asks.decide([ask for ask in queued if bool(ask.slots) == has_slots])
        decision.starts += made.starts
        decision.releases += made.releases
    return decision


class _Round:
    """The decision for tasks of one kind."""

    def __init__(self, pool: Pool, places: Mapping[str, Placement], running: Sequence[Ask], preemption: bool):
        self._pool, self._places, self._preemption = pool, places, preemption
        self._running = _by_priority(running)
        self._made = Decision()

    def decide(self, waiting: Sequence[Ask]) -> Decision:
        is_backfilling = False
        for priority, asks in sorted(_by_priority(waiting).items()):
            fitting, passed_over = self._tried(asks)
            if not self._made.releases:
                self._made.starts += self._startable(fitting, is_backfilling)
            is_backfilling = is_backfilling or bool(passed_over)
            if self._preemption:
                for ask in passed_over:
                    self._make_room(ask, priority)
        return self._made

    def _tried(self, asks: Iterable[Ask]) -> tuple[list[tuple[Ask, Placement]], list[Ask]]:
        """Those that fit one after another, and those that do not."""
        fitting, passed_over = [], []
        for ask in asks:
            placement = self._pool.fit(ask)
            if placement is None:
                passed_over.append(ask)
            else:
                self._pool.take(placement)
                fitting.append((ask, placement))
        return fitting, passed_over

    def _startable(self, fitting: list[tuple[Ask, Placement]], is_backfilling: bool) -> list[tuple[Ask, Placement]]:
        """Behind something that waits only what can be sent away again, and only with preemption."""
        return [(ask, place) for ask, place in fitting if not is_backfilling or (self._preemption and ask.preemptible)]

    def _make_room(self, ask: Ask, priority: int) -> None:
        """Send away what is less urgent until the ask fits; nothing if it never does."""
        placement, pool, victims = self._pool.fit(ask), self._pool, list[str]()
        candidates = iter(self._less_urgent(ask, priority)) if placement is None else iter(())
        while placement is None:
            victim = next(candidates, None)
            if victim is None:
                return
            pool = pool.copy() if not victims else pool
            pool.give_back(self._places[victim.key])
            victims.append(victim.key)
            placement = pool.fit(ask)
        pool.take(placement)
        self._pool = pool
        self._made.releases += victims

    def _less_urgent(self, ask: Ask, priority: int) -> Iterable[Ask]:
        """What runs and may go, the least urgent first; of the same priority, what is behind in the queue."""
        for level in range(LOWEST_PRIORITY, priority - 1, -1):
            for candidate in reversed(self._running.get(level, [])):
                if level == priority and ask.place[0] >= candidate.place[0]:
                    break
                if candidate.preemptible and candidate.key not in self._made.releases:
                    yield candidate


def _by_priority(asks: Iterable[Ask]) -> dict[int, list[Ask]]:
    """The asks of each priority in the order of the queue."""
    levels: dict[int, list[Ask]] = defaultdict(list)
    for ask in sorted(asks, key=lambda ask: ask.place):
        levels[ask.priority].append(ask)
    return levels
