"""Who runs: gives the slots of agents to queued trials as the pool's scheduler decides, and takes them back (master: internal/rm).

One pool. What is decided is in domain/scheduling; here are the rows that it is decided from and written to.
"""
from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Iterator, Mapping, NamedTuple

from fakedet.domain.scheduling import Ask, Decision, Placement, by_fair_share, by_priority
from fakedet.engine.agent_slots import chosen, pool_of, slot_counts
from fakedet.engine.exits import Exit
from fakedet.services.experiments.held_config import held_config
from fakedet.services.trials import waiting
from fakedet.services.trials.states import is_managed

if TYPE_CHECKING:
    from fakedet.store import Database
    from fakedet.world import World

Row = Mapping[str, Any]
LIVE = "RUNNING"
DEFAULT_PRIORITY = 42
DEFAULT_WEIGHT = 1.0
FAIR_SHARE, PREEMPTION = "fair_share", "preemption"


class Moves(NamedTuple):
    """Trials that get slots, each with where, and live allocations that have to give theirs back."""

    starts: list[tuple[Row, Placement]]
    releases: list[Row]


def moves(world: "World") -> Moves:
    """What the scheduler wants now."""
    db, kind = world.db, world.settings.scheduler
    limit = None if kind == FAIR_SHARE else capacity(db) + 1
    unplaced = {ask.key: (ask, trial) for trial, ask in _waiting(db, limit)}
    if not unplaced:
        return Moves([], [])
    live = {row["allocation_id"]: row for row in db.allocations.rows(state=LIVE)}
    decision = _decision(kind, db, [ask for ask, _ in unplaced.values()], live)
    return Moves([(unplaced[ask.key][1], placement) for ask, placement in decision.starts], [live[key] for key in decision.releases])


def capacity(db: "Database") -> int:
    """Slots of all agents that take work."""
    usable = (agent for agent in db.agents.rows() if agent["enabled"] and not agent["draining"])
    return sum(agent["slots"] - len(agent["disabled_slots"]) for agent in usable)


def allocation_of(db: "Database", trial: Row) -> Row | None:
    """The live allocation of a trial."""
    return db.allocations.one(task_id=task_id_of(db, trial), state=LIVE)


def task_id_of(db: "Database", trial: Row) -> str:
    """The trial's newest task."""
    task_id: str = db.trial_tasks.rows(trial_id=trial["id"])[-1]["task_id"]
    return task_id


def slots_of(db: "Database", trial: Row) -> int:
    """How many slots a trial asks for."""
    return int(_resources(db.experiments.row(trial["experiment_id"])).get("slots_per_trial") or 0)


def allocate(world: "World", trial: Row, placement: Placement) -> Row:
    """Give the trial the slots that it waits for: a live allocation of its newest task."""
    db = world.db
    number = db.allocations.insert({
        "allocation_id": waiting.run_asked(db, trial), "task_id": task_id_of(db, trial), "state": LIVE, "slots": slots_of(db, trial),
        "agent_slots": chosen(db, placement), "resource_pool": "default", "start_time": world.now(), "end_time": None, "is_ready": True,
        "exit_reason": None, "exit_error": None, "status_code": None, "ports": {}, "proxy_address": None})
    return db.allocations.row(number)


def release(world: "World", allocation: Row, exit: Exit) -> None:
    """Take the slots of an allocation back, which has ended this way."""
    world.db.allocations.change(allocation["id"], state="TERMINATED", end_time=world.now(), exit_reason=exit.reason, exit_error=exit.error,
                                status_code=exit.status_code)


def _decision(kind: str, db: "Database", asks: list[Ask], live: Mapping[str, Row]) -> Decision:
    places = {key: slot_counts(row) for key, row in live.items()}
    held, pool = [_held(db, row) for row in live.values()], pool_of(db)
    if kind == FAIR_SHARE:
        return by_fair_share(asks, places, held, pool)
    return by_priority(asks, places, held, pool, preemption=kind == PREEMPTION)


def _waiting(db: "Database", limit: int | None) -> Iterator[tuple[Row, Ask]]:
    """Managed trials without slots, of each experiment the first `limit`: more could not start."""
    running = {link["trial_id"] for row in db.allocations.rows(state=LIVE) for link in db.trial_tasks.rows(task_id=row["task_id"])}
    for experiment_id in dict.fromkeys(trial["experiment_id"] for trial in db.trials.rows(state="ACTIVE")):
        experiment = db.experiments.row(experiment_id)
        if is_managed(experiment):
            unplaced = (trial for trial in db.trials.rows(experiment_id=experiment_id, state="ACTIVE") if trial["id"] not in running)
            yield from ((trial, _ask(db, experiment, trial)) for trial in islice(unplaced, limit))


def _held(db: "Database", allocation: Row) -> Ask:
    """What a live allocation asked for; only trials can be sent away."""
    link = db.trial_tasks.one(task_id=allocation["task_id"])
    trial = db.trials.row(link["trial_id"]) if link else None
    if trial is None:
        return Ask(allocation["allocation_id"], allocation["allocation_id"], allocation["slots"], preemptible=False)
    return _ask(db, db.experiments.row(trial["experiment_id"]), trial)


def _ask(db: "Database", experiment: Row, trial: Row) -> Ask:
    job, resources = db.jobs.one(job_id=experiment["job_id"]) or {}, _resources(experiment)
    return Ask(
        waiting.run_asked(db, trial), experiment["job_id"] or "", int(resources.get("slots_per_trial") or 0),
        priority=job.get("priority") or DEFAULT_PRIORITY, place=(job.get("q_position") or 0.0, trial["id"]),
        weight=job.get("weight") or DEFAULT_WEIGHT, max_slots=resources.get("max_slots"), submitted=experiment["start_time"],
        single_agent=bool(resources.get("is_single_node")), blocked=frozenset(trial.get("blocked_nodes") or ()))


def _resources(experiment: Row) -> Mapping[str, Any]:
    """What the running config says, which may differ from the stored one."""
    config = held_config(experiment)
    return config.get("resources") or {}
