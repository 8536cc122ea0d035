"""The log streams: pages of a thousand lines, then, if the client follows, what is written until the task has ended."""
from __future__ import annotations

from typing import Any, Iterable, Iterator, Mapping

from fakedet.domain.errors import Internal, InvalidArgument, NotFound
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.logs import lines
from fakedet.services.logs.filters import LogFilter
from fakedet.services.registry import rpc

Row = Mapping[str, Any]
#: Lines that the master reads at a time.
PAGE = 1_000
DESCENDING = "ORDER_BY_DESC"


@rpc("TrialLogs")
def trial_logs(call: Call, request: Any) -> Iterator[dict[str, Any]]:
    """The lines of all tasks of a trial, in the order of its tasks; the limit counts for each."""
    trial = finding.trial(call.db, request.trial_id)
    for row in _of_tasks(call, request, task_ids_of(call, trial["id"])):
        yield {**lines.reply(row), "trial_id": trial["id"]}


@rpc("TaskLogs")
def task_logs(call: Call, request: Any) -> Iterator[dict[str, Any]]:
    """The lines of one task."""
    if request.limit < 0:
        raise InvalidArgument("Limit must be >= 0")
    if request.limit and request.follow:
        raise InvalidArgument("Limit cannot be specified when following")
    require_task(call, request.task_id)
    for row in _of_tasks(call, request, [request.task_id]):
        yield {**lines.reply(row), "task_id": row["task_id"], "allocation_id": row["allocation_id"]}


def task_ids_of(call: Call, trial_id: int) -> list[str]:
    """The tasks of a trial, oldest first."""
    task_ids = [link["task_id"] for link in call.db.trial_tasks.rows(trial_id=trial_id)]
    if not task_ids:
        raise Internal(f"no task IDs associated with trial ID {trial_id}")
    return task_ids


def require_task(call: Call, task_id: str) -> None:
    """404 in the words of the log streams if there is no such task."""
    try:
        finding.task(call.db, task_id)
    except NotFound as error:
        raise NotFound(f"1 error occurred:\n\t* failed to fetch batch: {error.as_go_text()}\n\n") from None


def _of_tasks(call: Call, request: Any, task_ids: Iterable[str]) -> Iterator[Row]:
    *earlier, newest = task_ids
    for task_id in earlier:
        yield from _existing(call, request, task_id)
    yield from _followed(call, request, newest) if request.follow else _existing(call, request, newest)


def _existing(call: Call, request: Any, task_id: str) -> Iterator[Row]:
    """What is there, page by page; each page begins beyond the last line of the one before it, also when the order descends."""
    wanted = LogFilter(task_id, request)
    found = _matching(call, request, task_id, wanted, 0)
    remaining = min(request.limit, len(found)) if request.limit else len(found)
    while remaining > 0 and found:
        page = found[:min(PAGE, remaining)]
        yield from page
        remaining -= len(page)
        found = _matching(call, request, task_id, wanted, page[-1]["id"]) if remaining > 0 else []


def _matching(call: Call, request: Any, task_id: str, wanted: LogFilter, after_id: int) -> list[Any]:
    candidates = call.db.task_logs.rows() if wanted.crosses_tasks else call.db.task_logs.rows(task_id=task_id)
    found = [row for row in candidates if wanted.matches(row, after_id)]
    return found[::-1] if request.order_by == DESCENDING else found


def _followed(call: Call, request: Any, task_id: str) -> Iterator[Row]:
    """What is there and what is added, until the task has ended or the world is closed. The limit does not count."""
    wanted, last = LogFilter(task_id, request), 0
    while True:
        ended = call.world.closed or finding.task(call.db, task_id)["end_time"] is not None
        for row in _matching(call, request, task_id, wanted, last):
            last = max(last, row["id"])
            yield row
        if ended:
            return
        call.wait()
