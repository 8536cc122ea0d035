"""Streams of stored reports (master: api_trials.go streamMetrics, db.GetMetrics)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator, Mapping, Sequence

from fakedet.domain.errors import InvalidArgument
from fakedet.domain.metric_groups import PROFILING, TRAINING, VALIDATION
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.metrics.steps import first_after
from fakedet.services.registry import rpc

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
#: Reports in one line of a stream.
PAGE = 1000
MILLISECOND = 1000


@rpc("GetMetrics")
def get_metrics(call: Call, request: Any) -> Iterator[dict[str, Any]]:
    """The reports of any group."""
    return _streamed(call, request.trial_ids, request.group)


@rpc("GetTrainingMetrics")
def get_training_metrics(call: Call, request: Any) -> Iterator[dict[str, Any]]:
    """The reports of training metrics."""
    return _streamed(call, request.trial_ids, TRAINING)


@rpc("GetValidationMetrics")
def get_validation_metrics(call: Call, request: Any) -> Iterator[dict[str, Any]]:
    """The reports of validation metrics."""
    return _streamed(call, request.trial_ids, VALIDATION)


def _streamed(call: Call, trial_ids: Sequence[int], group: str) -> Iterator[dict[str, Any]]:
    if not trial_ids:
        raise InvalidArgument("must specify at least one trialId")
    for trial_id in sorted(trial_ids):
        finding.trial(call.db, trial_id)
    for trial_id in sorted(trial_ids):
        yield from _pages(call, trial_id, group)


def _pages(call: Call, trial_id: int, group: str) -> Iterator[dict[str, Any]]:
    """Pages go on after the step of the last report, though they are ordered by run first: over several runs some may be missed."""
    reached: int | None = -1
    while reached is not None:
        page = first_after(call.db, finding.trial(call.db, trial_id), group, reached, PAGE)
        if page:
            yield {"metrics": [report_message(row) for row in page]}
        reached = page[-1]["total_batches"] if len(page) == PAGE else None


def reports_after(db: "Database", trial_id: int, group: str | None, step: int) -> list[Row]:
    """The reports beyond a step that are not archived, by run and step; of all groups if `group` is None."""
    rows = db.metrics.rows(trial_id=trial_id) if group is None else db.metrics.rows(trial_id=trial_id, group=group)
    found = [row for row in rows if not row["archived"] and row["group"] not in PROFILING and row["total_batches"] > step]
    return sorted(found, key=lambda row: (row["trial_run_id"], row["total_batches"]))


def report_message(row: Row) -> dict[str, Any]:
    """The MetricsReport message; its time is cut to milliseconds."""
    return {**{name: row[name] for name in ("trial_id", "metrics", "total_batches", "archived", "id", "trial_run_id", "group")},
            "end_time": row["end_time"] // MILLISECOND * MILLISECOND}
