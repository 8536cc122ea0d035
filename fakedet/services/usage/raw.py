"""Every stretch of training, validating and saving, and the agents, within a period (master: get_raw_allocation.sql).

What the master knows are ends: a stretch began when the one before it ended, or when the trial or its allocation started.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator, Mapping

from fakedet.domain.errors import InvalidArgument
from fakedet.services.call import Call
from fakedet.services.registry import rpc

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
Entry = dict[str, Any]
SECOND = 1_000_000
REPORTED = ("training", "validation")


@rpc("ResourceAllocationRaw")
def resource_allocation_raw(call: Call, request: Any) -> dict[str, Any]:
    """All stretches that touch the period."""
    if request.timestamp_after is None:
        raise InvalidArgument("no start time provided")
    if request.timestamp_before is None:
        raise InvalidArgument("no end time provided")
    if request.timestamp_after > request.timestamp_before:
        raise InvalidArgument("start time cannot be after end time")
    return {"resource_entries": raw_entries(call.db, request.timestamp_after, request.timestamp_before)}


def raw_entries(db: "Database", after: int, before: int) -> list[Entry]:
    """The entries in the order of their starts."""
    found = [entry for entry in (*_of_trials(db), *_of_agents(db)) if _touches(entry, after, before)]
    for entry in found:
        entry["seconds"] = _overlap(entry, after, before)
    return sorted(found, key=lambda entry: entry["start_time"])


def _of_trials(db: "Database") -> Iterator[Entry]:
    for trial in db.trials.rows():
        experiment = db.experiments.row(trial["experiment_id"])
        owner = db.users.row(experiment["owner_id"])
        known = {"experiment_id": experiment["id"], "username": owner["username"], "user_id": owner["id"],
                 "slots": int((experiment["config"].get("resources") or {}).get("slots_per_trial") or 0),
                 "labels": experiment["config"].get("labels") or []}
        ends = sorted(_ends(db, trial), key=lambda end: end[0])
        for (start, _), (end, kind) in zip(ends, ends[1:]):
            if kind is not None:
                yield {**known, "kind": kind, "start_time": start, "end_time": end}


def _ends(db: "Database", trial: Row) -> Iterator[tuple[int, str | None]]:
    """When something of the trial ended, and what; None for a mere beginning."""
    yield trial["start_time"], None
    for link in db.trial_tasks.rows(trial_id=trial["id"]):
        yield from ((row["start_time"], None) for row in db.allocations.rows(task_id=link["task_id"]) if row["start_time"] is not None)
    for report in db.metrics.rows(trial_id=trial["id"]):
        if report["group"] in REPORTED and not report["archived"]:
            yield report["end_time"], report["group"]
    for checkpoint in db.checkpoints.rows(trial_id=trial["id"]):
        yield checkpoint["report_time"], "checkpointing"


def _of_agents(db: "Database") -> Iterator[Entry]:
    for agent in db.agents.rows():
        yield {"kind": "agent", "username": agent["agent_id"], "slots": agent["slots"], "start_time": agent["registered_time"],
               "end_time": None}


def _touches(entry: Entry, after: int, before: int) -> bool:
    """Ranges of time hold their start and not their end; empty ones touch nothing."""
    end = before if entry["end_time"] is None else entry["end_time"]
    return max(entry["start_time"], after) < min(end, before)


def _overlap(entry: Entry, after: int, before: int) -> float:
    end = before if entry["end_time"] is None else entry["end_time"]
    return (min(end, before) - max(entry["start_time"], after)) / SECOND
