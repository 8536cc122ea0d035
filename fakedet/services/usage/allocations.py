"""The allocations of a period, one by one (master: core.go, getResourceAllocations)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
SECOND = 1_000_000


def allocations_between(db: "Database", after: int, before: int, now: int) -> list[dict[str, Any]]:
    """What there is to tell of each allocation that touches the period, by start."""
    found = [row for row in db.allocations.rows() if row["start_time"] is not None and _touches(row, after, before, now)]
    return [_told(db, row, after, before, now) for row in sorted(found, key=lambda row: row["start_time"])]


def _touches(row: Row, after: int, before: int, now: int) -> bool:
    end = max(row["start_time"], now if row["end_time"] is None else row["end_time"])
    return max(row["start_time"] - 1, after) < min(end, before)


def _told(db: "Database", row: Row, after: int, before: int, now: int) -> dict[str, Any]:
    task = db.tasks.one(task_id=row["task_id"])
    job = db.jobs.one(job_id=task["job_id"])
    experiment = db.experiments.one(job_id=job["job_id"]) if job else None
    end = max(row["start_time"], now if row["end_time"] is None else row["end_time"])
    return {"allocation_id": row["allocation_id"], "task_type": task["type"], "slots": row["slots"], "start_time": row["start_time"],
            "username": db.users.row(job["owner_id"])["username"] if job else "", "end_time": row["end_time"],
            "workspace_name": _workspace_name(db, row, experiment), "experiment_id": experiment["id"] if experiment else None,
            "slot_hours": (min(end, before) - max(row["start_time"], after)) / SECOND * row["slots"] / 3600,
            "resource_pool": row["resource_pool"]}


def _workspace_name(db: "Database", allocation: Row, experiment: Row | None) -> str:
    command = db.commands.one(task_id=allocation["task_id"])
    if experiment is not None:
        number = db.projects.row(experiment["project_id"])["workspace_id"]
    elif command is not None:
        number = command["workspace_id"]
    else:
        return ""
    workspace = db.workspaces.row(number)
    return workspace["name"] if workspace else ""
