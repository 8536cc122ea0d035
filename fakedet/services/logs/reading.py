"""The log streams: pages of a thousand lines, then, if the client follows, what is written until the task has ended."""
from __future__ import annotations

from itertools import islice
from typing import Any, Iterable, Iterator, Mapping

from fakedet.domain.errors import Internal, InvalidArgument, NotFound
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.logs import book, lines
from fakedet.services.logs.filters import LogFilter
from fakedet.services.registry import rpc

Row = Mapping[str, Any]
#: Lines that the master reads at a time.
PAGE = 1_000
DESCENDING = "ORDER_BY_DESC"
#: More lines than the pages of a descending order ever send, each being a line shorter than the one before.
ENDLESS = PAGE * (PAGE + 1) // 2


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
    """What is there: in ascending order line by line as they are read, else in the master's pages."""
    wanted = LogFilter(task_id, request)
    if request.order_by == DESCENDING or wanted.crosses_tasks:
        yield from _in_pages(call, request, task_id, wanted)
    elif request.limit >= 0:
        yield from islice(book.ascending(call.db, task_id, wanted), request.limit or None)


def _in_pages(call: Call, request: Any, task_id: str, wanted: LogFilter) -> Iterator[Row]:
    """Each page begins beyond the last line of the one before it, also when the order descends, until as many are sent as were found."""
    remaining, after_id = request.limit or ENDLESS, 0
    while remaining > 0:
        page = list(islice(_matching(call, request, task_id, wanted, after_id), min(PAGE, remaining)))
        yield from page
        if len(page) < min(PAGE, remaining):
            return
        if after_id == 0:
            remaining = sum(1 for _ in islice(_matching(call, request, task_id, wanted, 0), min(remaining, ENDLESS)))
        remaining, after_id = remaining - len(page), page[-1]["id"]


def _matching(call: Call, request: Any, task_id: str, wanted: LogFilter, after_id: int) -> Iterator[Row]:
    if not wanted.crosses_tasks:
        in_order = book.descending if request.order_by == DESCENDING else book.ascending
        return in_order(call.db, task_id, wanted, after_id)
    found = book.of_all_tasks(call.db, wanted, after_id)
    return reversed(list(found)) if request.order_by == DESCENDING else found


def _followed(call: Call, request: Any, task_id: str) -> Iterator[Row]:
    """What is there and what is added, until the task has ended or the world is closed. The limit does not count."""
    wanted, last = LogFilter(task_id, request), 0
    while True:
        ended = call.world.closed or finding.task(call.db, task_id)["end_time"] is not None
        page = list(islice(_matching(call, request, task_id, wanted, last), PAGE))
        if wanted.crosses_tasks:  # the master sends the lines without rank again and again, without a pause
            page = [row for row in page if row["id"] > last]
        yield from page
        if page:
            last = page[-1]["id"]
            continue
        if ended:
            return
        call.wait()
