"""Which values the filters of a task's logs can take (master: get_task_logs_fields.sql)."""
from __future__ import annotations

from typing import Any, Iterator

from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.logs import book
from fakedet.services.logs.reading import require_task, task_ids_of
from fakedet.services.periodic import periodically
from fakedet.services.registry import rpc

#: Virtual seconds from line to line.
PERIOD = 5
TRIAL_FIELDS = ("agent_id", "container_id", "rank_id", "stdtype", "source")


@rpc("TrialLogsFields")
def trial_logs_fields(call: Call, request: Any) -> Iterator[dict[str, Any]]:
    """One reply for each task of the trial; with follow, again and again until the last task has ended."""
    task_ids = task_ids_of(call, finding.trial(call.db, request.trial_id)["id"])
    for task_id in task_ids[:-1]:
        yield _values(call, task_id, TRIAL_FIELDS)
    yield from _until_ended(call, request, task_ids[-1], TRIAL_FIELDS)


@rpc("TaskLogsFields")
def task_logs_fields(call: Call, request: Any) -> Iterator[dict[str, Any]]:
    """As for trials, with the allocations."""
    require_task(call, request.task_id)
    yield from _until_ended(call, request, request.task_id, (*TRIAL_FIELDS, "allocation_id"))


def _until_ended(call: Call, request: Any, task_id: str, fields: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    yield from periodically(call, PERIOD, lambda: _values(call, task_id, fields),
                            lambda: not request.follow or finding.task(call.db, task_id)["end_time"] is not None)


def _values(call: Call, task_id: str, fields: tuple[str, ...]) -> dict[str, Any]:
    """The distinct values of each field, nulls left out, in ascending order (the master leaves it to the database)."""
    return {field + "s": sorted(book.values(call.db, task_id, field) - {None}) for field in fields}
