"""Logs of trials are kept for as many days as the trial's `log_retention_days` says, for ever if it says nothing (master: internal/logretention)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.services.logs import book
from fakedet.services.sessions import DAY

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]
FOREVER = -1


def remove_expired_logs(world: "World") -> int:
    """Remove the logs of tasks that ended so long ago; how many lines there were."""
    expired = {link["task_id"] for trial in world.db.trials.rows() for link in world.db.trial_tasks.rows(trial_id=trial["id"])
               if _is_expired(world, trial, link["task_id"])}
    return sum(book.remove(world.db, task_id) for task_id in expired)


def _is_expired(world: "World", trial: Row, task_id: str) -> bool:
    days = FOREVER if trial["log_retention_days"] is None else trial["log_retention_days"]
    task = world.db.tasks.one(task_id=task_id)
    return days >= 0 and task is not None and task["end_time"] is not None and task["end_time"] <= world.now() - days * DAY
