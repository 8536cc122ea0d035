"""The fair-share scheduler: jobs get slots by their weights, none more than it can use (master: agentrm/fair_share.go).

Offers grow evenly until every job has what it asks for or nothing is left. A job that runs on more than it is offered gives some
back; one whose smallest task does not fit into its offer gets none, so that others can go on.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Iterable, Mapping

from fakedet.domain.scheduling.fitting import Ask, Placement, Pool
from fakedet.domain.scheduling.priority import Decision


@dataclass
class _Job:
    """A job with what of it waits and runs, and how many slots it is offered."""

    weight: float
    max_slots: int | None
    submitted: int
    waiting: list[Ask] = field(default_factory=list)
    running: list[Ask] = field(default_factory=list)
    offered: int = 0
    preoffered: int = 0
    is_out: bool = False

    @property
    def demand(self) -> int:
        """Slots that it could use."""
        wanted = sum(ask.slots for ask in (*self.waiting, *self.running))
        return wanted if self.max_slots is None else min(wanted, self.max_slots)

    @property
    def active(self) -> int:
        """Slots that it has."""
        return sum(ask.slots for ask in self.running)

    @property
    def is_hungry(self) -> bool:
        """Whether it takes more."""
        return not self.is_out and self.offered < self.demand

    @property
    def is_stuck(self) -> bool:
        """Whether its offer is too small for any of its tasks."""
        return self.is_hungry and bool(self.waiting) and min(ask.slots for ask in self.waiting) > self.offered


def by_fair_share(waiting: Iterable[Ask], running: Mapping[str, Placement], asks_of_running: Iterable[Ask], pool: Pool) -> Decision:
    """Decide for a pool in which `running` has the places of what runs, by key."""
    decision, pool = Decision(), pool.copy()
    queued = sorted(waiting, key=lambda ask: ask.place)
    for ask in queued:
        if not ask.slots:
            _start(decision, pool, ask)
    jobs = _jobs([ask for ask in queued if ask.slots and pool.fit(ask)], [ask for ask in asks_of_running if ask.slots], pool.capacity)
    _offer(jobs, pool.capacity)
    for job in jobs:
        _settle(decision, pool, job)
    return decision


def _jobs(waiting: Iterable[Ask], running: Iterable[Ask], capacity: int) -> list[_Job]:
    """The jobs, those that ask for the least first, then the oldest."""
    jobs: dict[str, _Job] = {}
    for asks, attribute in ((waiting, "waiting"), (running, "running")):
        for ask in asks:
            if ask.slots <= capacity:
                job = jobs.setdefault(ask.job, _Job(ask.weight, ask.max_slots, ask.submitted))
                getattr(job, attribute).append(ask)
    return sorted(jobs.values(), key=lambda job: (job.demand, job.submitted))


def _offer(jobs: list[_Job], capacity: int) -> None:
    """Offer the slots of the pool; what cannot be sent away keeps what it has."""
    for job in jobs:
        job.offered = job.preoffered = sum(ask.slots for ask in job.running if not ask.preemptible)
        capacity -= job.offered
    while any(job.is_hungry for job in jobs):
        capacity = _one_round(jobs, capacity)
        if capacity > 0:
            continue
        stuck = next((job for job in sorted(jobs, key=lambda job: -job.submitted) if job.is_stuck), None)
        if stuck is None:
            return
        capacity, stuck.offered, stuck.is_out = stuck.offered, 0, True


def _one_round(jobs: list[_Job], capacity: int) -> int:
    """Every hungry job gets its share of what there was, at least one slot; returns what is left."""
    start = capacity
    for job in jobs:
        if job.is_hungry:
            total = sum(other.weight for other in jobs if other.is_hungry)
            share = max(1, int(start * job.weight / total)) if total > 0 else 1
            offer = _without_preoffer(job, min(share, capacity, job.demand - job.offered))
            job.offered += offer
            capacity -= offer
    return capacity


def _without_preoffer(job: _Job, offer: int) -> int:
    """What was offered before counts; the master forgets it where it is less than the offer."""
    before = job.preoffered
    job.preoffered = max(before - offer, 0)
    return 0 if before >= offer > 0 else offer


def _settle(decision: Decision, pool: Pool, job: _Job) -> None:
    """Start what the offer allows, or send away what it does not; never both at once."""
    if job.active > job.offered:
        excess = job.active - job.offered
        for ask in job.running:
            if excess > 0 and ask.preemptible:
                decision.releases.append(ask.key)
                excess -= ask.slots
    left = job.offered - job.active
    for ask in job.waiting:
        if ask.slots <= left and _start(decision, pool, ask):
            left -= ask.slots


def _start(decision: Decision, pool: Pool, ask: Ask) -> bool:
    placement = pool.fit(ask)
    if placement is not None:
        pool.take(placement)
        decision.starts.append((ask, placement))
    return placement is not None
