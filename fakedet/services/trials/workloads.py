"""What a trial has done: its training reports, validations and checkpoints in one list (master: proto_get_trial_workloads.sql)."""
from __future__ import annotations

from typing import Any, Iterator, Mapping, NamedTuple, Sequence

from fakedet.domain.errors import MasterError
from fakedet.domain.metric_groups import TRAINING, VALIDATION
from fakedet.domain.paging import TO_THE_END, sql_page
from fakedet.domain.pg_sort import pg_sorted
from fakedet.domain.searcher_metric import rank
from fakedet.domain.sql_casts import as_double, as_integer
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.registry import rpc
from fakedet.services.trials.messages import metrics_workload

Row = Mapping[str, Any]
BATCHES = "batches"
#: The metric types that look into one kind of workload only.
_KINDS = {"METRIC_TYPE_TRAINING": TRAINING, "METRIC_TYPE_VALIDATION": VALIDATION}


class Workload(NamedTuple):
    """One item of the list: a stored report or a checkpoint."""

    kind: str
    total_batches: int | None
    end_time: int
    row: Row


@rpc("GetTrialWorkloads")
def get_trial_workloads(call: Call, request: Any) -> dict[str, Any]:
    """One page of the trial's workloads."""
    trial = finding.trial(call.db, request.trial_id)
    try:
        chosen: Sequence[Workload] = list(_wanted(call, trial["id"], request))
        page = sql_page(len(chosen), request.offset, request.limit or TO_THE_END)
        if page.start != page.end:  # of nothing the database looks at no value
            chosen = _sorted(chosen, request)
    except MasterError as error:
        raise error.wrapped(f"failed to get trial {trial['id']} workloads: error running query: proto_get_trial_workloads") from None
    return {"workloads": [_message(workload, request) for workload in page.cut(chosen)], "pagination": page.block()}


def _wanted(call: Call, trial_id: int, request: Any) -> Iterator[Workload]:
    """In the order in which the query's joins give them."""
    yield from _reports(call, trial_id, VALIDATION)
    if request.filter != "FILTER_OPTION_VALIDATION":
        for row in call.db.checkpoints.rows(trial_id=trial_id):
            if row["state"] != "DELETED" or not request.remove_deleted_checkpoints:
                yield Workload("checkpoint", as_integer(row["metadata"].get("steps_completed")), row["report_time"], row)
    if request.filter == "FILTER_OPTION_UNSPECIFIED":
        yield from _reports(call, trial_id, TRAINING)


def _reports(call: Call, trial_id: int, group: str) -> Iterator[Workload]:
    for row in call.db.metrics.rows(trial_id=trial_id, group=group):
        if not row["archived"]:
            yield Workload(group, row["total_batches"], row["end_time"], row)


def _sorted(workloads: Sequence[Workload], request: Any) -> Sequence[Workload]:
    """By the sort value, NULL last either way; then by batches and end time, whose NULLs follow the direction. The sort decides ties."""
    descending = request.order_by == "ORDER_BY_DESC"

    def key(workload: Workload) -> tuple[Any, ...]:
        value = _sort_value(workload, request)
        by_value = ((value is None) != descending, 0 if value is None else rank(value))
        return (*by_value, workload.total_batches is None, workload.total_batches or 0, workload.end_time)
    return pg_sorted(list(workloads), key, descending)


def _sort_value(workload: Workload, request: Any) -> float | None:
    if request.sort_key in ("", BATCHES):
        return workload.total_batches
    if workload.kind == "checkpoint" or _KINDS.get(request.metric_type, workload.kind) != workload.kind:
        return None
    return as_double(_metrics(workload.row).get(request.sort_key.replace("'", "")))


def _metrics(row: Row) -> Mapping[str, Any]:
    body = row["metrics"]
    metrics: Mapping[str, Any] = body["validation_metrics"] if row["group"] == VALIDATION else body["avg_metrics"]
    return metrics


def _message(workload: Workload, request: Any) -> dict[str, Any]:
    if workload.kind != "checkpoint":
        return {workload.kind: metrics_workload(workload.row, batch_metrics=request.include_batch_metrics)}
    row = workload.row
    return {"checkpoint": {"uuid": row["uuid"], "end_time": row["report_time"], "state": "STATE_" + row["state"],
                           "resources": row["resources"], "total_batches": workload.total_batches or 0, "metadata": row["metadata"]}}
