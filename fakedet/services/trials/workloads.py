"""What a trial has done: its training reports, validations and checkpoints in one list (master: proto_get_trial_workloads.sql)."""
from __future__ import annotations

from operator import attrgetter
from typing import Any, Callable, Iterator, Mapping, Sequence

from fakedet.domain.errors import MasterError
from fakedet.domain.metric_groups import TRAINING, VALIDATION, body_key
from fakedet.domain.paging import TO_THE_END, Page, sql_page
from fakedet.domain.pg_top import pg_first
from fakedet.domain.searcher_metric import rank
from fakedet.domain.sql_casts import as_double, as_integer
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.metrics.steps import by_run
from fakedet.services.registry import rpc
from fakedet.services.trials.messages import metrics_workload
from fakedet.services.trials.workload_order import ByStep, Reports, Workload, step_of

Row = Mapping[str, Any]
BATCHES, DESCENDING = "batches", "ORDER_BY_DESC"
#: The metric types that look into one kind of workload only.
_KINDS = {"METRIC_TYPE_TRAINING": TRAINING, "METRIC_TYPE_VALIDATION": VALIDATION}


@rpc("GetTrialWorkloads")
def get_trial_workloads(call: Call, request: Any) -> dict[str, Any]:
    """One page of the trial's workloads."""
    trial = finding.trial(call.db, request.trial_id)
    try:
        listed = _Listed(call, trial, request)
        page = sql_page(len(listed), request.offset, request.limit or TO_THE_END)
        chosen = listed.page(page)
    except MasterError as error:
        raise error.wrapped(f"failed to get trial {trial['id']} workloads: error running query: proto_get_trial_workloads") from None
    return {"workloads": [_message(workload, request) for workload in chosen], "pagination": page.block()}


class _Listed:
    """What the filter leaves of a trial's workloads."""

    def __init__(self, call: Call, trial: Row, request: Any):
        self._db, self._trial, self._request = call.db, trial, request
        self._groups = (VALIDATION, TRAINING) if request.filter == "FILTER_OPTION_UNSPECIFIED" else (VALIDATION,)
        self._checkpoints = [] if request.filter == "FILTER_OPTION_VALIDATION" else list(self._shown_checkpoints())
        self._reports = [Reports(group, rows) for group in self._groups for rows in by_run(call.db, trial, group)]

    def __len__(self) -> int:
        return len(self._checkpoints) + sum(map(len, self._reports))

    def page(self, page: Page) -> Sequence[Workload]:
        """The workloads of a page. Of none the database looks at no value."""
        if page.start == page.end:
            return []
        found = self._by_step(page) if self._request.sort_key in ("", BATCHES) else None
        return _first(list(self._as_joined()), page.end, self._request)[page.start:] if found is None else found

    def _by_step(self, page: Page) -> list[Workload] | None:
        """None if some tie. Those without steps come after all others, whichever way."""
        with_steps = sorted((one for one in self._checkpoints if one.total_batches is not None), key=step_of)
        ordered = ByStep([*self._reports, with_steps])
        if page.end > len(ordered) and len(with_steps) < len(self._checkpoints):
            return None
        if self._request.order_by != DESCENDING:
            return ordered.between(page.start, page.end)
        found = ordered.between(len(ordered) - page.end, len(ordered) - page.start)
        return found and found[::-1]

    def _as_joined(self) -> Iterator[Workload]:
        """In the order in which the query's joins give them."""
        yield from self._stored(VALIDATION)
        yield from self._checkpoints
        if TRAINING in self._groups:
            yield from self._stored(TRAINING)

    def _stored(self, group: str) -> Iterator[Workload]:
        for row in self._db.metrics.rows(trial_id=self._trial["id"], group=group):
            if not row["archived"]:
                yield Workload(group, row["total_batches"], row["end_time"], row)

    def _shown_checkpoints(self) -> Iterator[Workload]:
        for row in self._db.checkpoints.rows(trial_id=self._trial["id"]):
            if row["state"] != "DELETED" or not self._request.remove_deleted_checkpoints:
                yield Workload("checkpoint", as_integer(row["metadata"].get("steps_completed")), row["report_time"], row)


def _first(workloads: list[Workload], most: int, request: Any) -> Sequence[Workload]:
    """The first by the sort value, NULL last either way; then by batches and end time, whose NULLs follow the direction. The sort decides ties."""
    descending, value_of = request.order_by == DESCENDING, _sort_value(request)

    def key(workload: Workload) -> tuple[Any, ...]:
        value = value_of(workload)
        by_value = ((value is None) != descending, 0 if value is None else rank(value))
        return (*by_value, workload.total_batches is None, workload.total_batches or 0, workload.end_time)
    return pg_first(workloads, key, most, descending)


def _sort_value(request: Any) -> Callable[[Workload], float | None]:
    """What the list is sorted by: steps, or a metric of the reports that are asked for."""
    if request.sort_key in ("", BATCHES):
        return attrgetter("total_batches")
    name = request.sort_key.replace("'", "")
    holders = {kind: body_key(kind) for kind in (TRAINING, VALIDATION) if _KINDS.get(request.metric_type, kind) == kind}

    def value(workload: Workload) -> float | None:
        holder = holders.get(workload.kind)
        return None if holder is None else as_double(workload.row["metrics"][holder].get(name))
    return value


def _message(workload: Workload, request: Any) -> dict[str, Any]:
    if workload.kind != "checkpoint":
        return {workload.kind: metrics_workload(workload.row, batch_metrics=request.include_batch_metrics)}
    row = workload.row
    return {"checkpoint": {"uuid": row["uuid"], "end_time": row["report_time"], "state": "STATE_" + row["state"],
                           "resources": row["resources"], "total_batches": workload.total_batches or 0, "metadata": row["metadata"]}}
