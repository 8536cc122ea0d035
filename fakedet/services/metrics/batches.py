"""Streams over the trials of an experiment: the steps at which a metric exists, its values around a step (master: api_experiment.go)."""
from __future__ import annotations

from typing import Any, Iterator, Mapping

from fakedet.domain.errors import Internal, InvalidArgument, MasterError
from fakedet.domain.metric_groups import asked_group, body_key, of_legacy_type
from fakedet.domain.sql_casts import as_double
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.metrics.following_experiments import lines
from fakedet.services.registry import rpc

Row = Mapping[str, Any]
WIDEST_MARGIN = 100
LAST_STEP = 2**31 - 1
NULL_METRIC = 'queryRowsWithParser[struct]: sql: Scan error on column index 2, name "metric": converting NULL to float64 is unsupported'


@rpc("MetricBatches")
def metric_batches(call: Call, request: Any) -> Iterator[dict[str, Any]]:
    """The steps, each once."""
    check_name(request)
    finding.experiment(call.db, request.experiment_id)
    group = _named(asked_group(request.metric_type, request.group))
    sent: set[int] = set()

    def line() -> dict[str, Any]:
        rows = (row for _, row in reports_with(call, request.experiment_id, group, request.metric_name) if not row["archived"])
        new = sorted({row["total_batches"] for row in rows} - sent)
        sent.update(new)
        return {"batches": new}
    yield from lines(call, [request.experiment_id], request.period_seconds, line)


@rpc("TrialsSnapshot")
def trials_snapshot(call: Call, request: Any) -> Iterator[dict[str, Any]]:
    """The values within a margin of the step, archived reports too, by the time of the report."""
    check_name(request)
    group = group_of(request)
    if request.batches_margin > WIDEST_MARGIN:
        raise InvalidArgument("margin must be <= 100")
    first = max(request.batches_processed - request.batches_margin, 0)
    last = request.batches_processed + request.batches_margin
    sent: set[int] = set()

    def line() -> dict[str, Any]:
        found = [(trial, row) for trial, row in reports_with(call, request.experiment_id, group, request.metric_name)
                 if first <= row["total_batches"] <= (last if last >= 0 else LAST_STEP) and row["id"] not in sent]
        sent.update(row["id"] for _, row in found)
        read = [(trial, row, _cast(row, request)) for trial, row in found]
        return {"trials": [_snapshot(*one, request) for one in sorted(read, key=lambda one: one[1]["end_time"])]}
    yield from lines(call, [request.experiment_id], request.period_seconds, line)


def check_name(request: Any) -> None:
    """A metric must be named."""
    if not request.metric_name:
        raise InvalidArgument("must specify a metric name")


def group_of(request: Any) -> str:
    """The group that a snapshot or a sample asks for: a legacy type wins over a group, one that is no group's is none."""
    legacy = request.metric_type if request.metric_type in ("METRIC_TYPE_TRAINING", "METRIC_TYPE_VALIDATION") else "METRIC_TYPE_UNSPECIFIED"
    return _named(of_legacy_type(legacy) or request.group)


def reports_with(call: Call, experiment_id: int, group: str, name: str) -> Iterator[tuple[Row, Row]]:
    """Each report of the group that has the metric, with its trial; those without steps are left out."""
    key = body_key(group)
    for trial in call.db.trials.rows(experiment_id=experiment_id):
        for row in call.db.metrics.rows(trial_id=trial["id"], group=group):
            if row["total_batches"] is not None and name in row["metrics"][key]:
                yield trial, row


def _named(group: str) -> str:
    if not group:
        raise InvalidArgument("must specify a metric group")
    return group


def _cast(row: Row, request: Any) -> float | None:
    """The metric as a number, as the database casts it for all rows before any is read."""
    try:
        return as_double(row["metrics"][body_key(row["group"])][request.metric_name])
    except MasterError as error:
        raise _unread(row["group"], request, error.message) from None


def _snapshot(trial: Row, row: Row, value: float | None, request: Any) -> dict[str, Any]:
    if value is None:
        raise _unread(row["group"], request, NULL_METRIC)
    return {"trial_id": trial["id"], "hparams": trial["hparams"], "metric": value, "batches_processed": row["total_batches"]}


def _unread(group: str, request: Any, problem: str) -> Internal:
    number, name = request.experiment_id, request.metric_name
    return Internal(f"error fetching snapshots of metrics for {group} metric {name} in experiment {number} at {request.batches_processed} "
                    f"batches: failed to get snapshot for experiment {number} and generic metric {group}.{name}: {problem}")
