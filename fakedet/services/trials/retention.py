"""How long the logs of a trial are kept (master: api_trials.go)."""
from __future__ import annotations

from typing import Any

from fakedet.domain.errors import Internal
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.registry import rpc
from fakedet.services.trials.messages import tasks_of

FOREVER = -1
DAY = 24 * 60 * 60 * 1_000_000


@rpc("PutTrialRetainLogs")
def put_trial_retain_logs(call: Call, request: Any) -> dict[str, Any]:
    """Keep the logs for so many days after the end."""
    trial = finding.trial(call.db, request.trial_id)
    if not -2**15 <= request.num_days < 2**15:
        raise Internal("updating log retention days for trial: ERROR: smallint out of range (SQLSTATE 22003)")
    call.db.trials.change(trial["id"], log_retention_days=request.num_days)
    return {}


@rpc("GetTrialRemainingLogRetentionDays")
def get_trial_remaining_log_retention_days(call: Call, request: Any) -> dict[str, Any]:
    """Whole days that are left; nothing while no task of the trial has ended."""
    trial = call.db.trials.row(request.id)
    if trial is None:
        raise Internal(f"getting trial {request.id}: error querying for trial {request.id}: sql: no rows in result set")
    days = trial["log_retention_days"]
    if days is None or days == FOREVER:
        return {"remaining_days": FOREVER}
    ends = [task["end_time"] for task in tasks_of(call.db, trial["id"]) if task["end_time"] is not None]
    return {"remaining_days": max(0, (min(ends) + days * DAY - call.now) // DAY)} if ends else {}
