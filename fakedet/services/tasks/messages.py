"""Allocations as messages. Their times are texts, in one format of the database and in another one of Go."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.timestamps import format_time_of_go
from fakedet.services.jobs.requests import PENDING

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
#: States that a task shows as queued, and that an allocation by itself does not show at all.
BEFORE_START = (PENDING, "ASSIGNED")


def allocations_of_task(db: "Database", task_id: str) -> list[Row]:
    """Those without an end, then the newest first."""
    return sorted(db.allocations.rows(task_id=task_id), key=lambda row: -(_ended(row) or math.inf))


def allocation_within_task(row: Row) -> dict[str, Any]:
    """An Allocation message within a task, where the slots are left out."""
    return {"task_id": row["task_id"], "allocation_id": row["allocation_id"], "is_ready": row["is_ready"],
            "state": "STATE_QUEUED" if row["state"] in BEFORE_START else f"STATE_{row['state']}",
            "start_time": _database_time(_started(row)), "end_time": _database_time(_ended(row))}


def allocation_message(row: Row) -> dict[str, Any]:
    """An Allocation message by itself."""
    return {"task_id": row["task_id"], "allocation_id": row["allocation_id"], "is_ready": row["is_ready"], "slots": row["slots"],
            "state": "STATE_UNSPECIFIED" if row["state"] in BEFORE_START else f"STATE_{row['state']}",
            "start_time": _go_time(_started(row)), "end_time": _go_time(_ended(row)), "exit_reason": row["exit_reason"],
            "status_code": row["status_code"]}


def _started(row: Row) -> int | None:
    return None if row["state"] in BEFORE_START else row["start_time"]


def _ended(row: Row) -> int | None:
    """An allocation that never started has no end either."""
    return None if row["start_time"] is None else row["end_time"]


def _database_time(time: int | None) -> str | None:
    return None if time is None else format_time_of_go(time).removesuffix("Z")


def _go_time(time: int | None) -> str | None:
    return None if time is None else f"{format_time_of_go(time).removesuffix('Z').replace('T', ' ')} +0000 UTC"
