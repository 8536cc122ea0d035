"""Reporting metrics: three RPCs, one path (master: api_trials.go ReportTrialMetrics, db/postgres_trial.go addTrialMetrics)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain import metric_groups
from fakedet.domain.errors import Internal, MasterError, nil_pointer
from fakedet.domain.go_print import printed
from fakedet.domain.metric_groups import PROFILING, TRAINING, VALIDATION, body_key
from fakedet.domain.metric_merging import merged
from fakedet.domain.metric_values import as_kept
from fakedet.domain.nul_text import REFUSAL, REFUSAL_OF_TEXT, has_nul
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.metrics import archiving, following
from fakedet.services.metrics.best import best_searcher_metric
from fakedet.services.metrics.steps import at
from fakedet.services.registry import rpc

if TYPE_CHECKING:
    from fakedet.store import Database
    from fakedet.world import World

Row = Mapping[str, Any]
#: Names of groups that the database refuses.
RESERVED = ("avg_metrics", "validation_metrics")
_RELATIONS = {TRAINING: "raw_steps", VALIDATION: "raw_validations"}
__all__ = ["best_searcher_metric", "report"]


@rpc("ReportTrialMetrics")
def report_trial_metrics(call: Call, request: Any) -> dict[str, Any]:
    """Metrics of any group."""
    return _reported(call, request.metrics, request.group)


@rpc("ReportTrialTrainingMetrics")
def report_trial_training_metrics(call: Call, request: Any) -> dict[str, Any]:
    """Training metrics, as older clients report them."""
    return _reported(call, request.training_metrics, TRAINING)


@rpc("ReportTrialValidationMetrics")
def report_trial_validation_metrics(call: Call, request: Any) -> dict[str, Any]:
    """Validation metrics, as older clients report them."""
    return _reported(call, request.validation_metrics, VALIDATION)


def _reported(call: Call, sent: Any, group: str) -> dict[str, Any]:
    metric_groups.check_group(group)
    if sent is None:
        raise nil_pointer()
    trial = finding.trial(call.db, sent.trial_id)
    if sent.metrics is None or sent.metrics.avg_metrics is None:
        raise nil_pointer()
    metrics = {"avg_metrics": sent.metrics.avg_metrics, "batch_metrics": list(sent.metrics.batch_metrics)}
    report(call.world, trial=trial, group=group, metrics=metrics, trial_run_id=sent.trial_run_id,
           steps_completed=sent.steps_completed, report_time=sent.report_time)
    return {}


def report(world: "World", *, trial: Row, group: str, metrics: Mapping[str, Any], trial_run_id: int,
           steps_completed: int | None, report_time: int | None) -> None:
    """Tell the searcher of a validation, then store the metrics and all that follows from them; raises what the master refuses."""
    avg_metrics = as_kept(metrics["avg_metrics"])
    if group == VALIDATION:
        tell_searcher(world, trial, avg_metrics)
    for name in ("epoch", "epochs"):
        _check_epoch(name, avg_metrics.get(name))
    row = report_row(trial, group, {"avg_metrics": avg_metrics, "batch_metrics": as_kept(metrics.get("batch_metrics"))}, trial_run_id=trial_run_id,
                     steps_completed=steps_completed, report_time=world.now() if report_time is None else report_time)
    try:
        store(world.db, row)
    except MasterError as error:
        raise error.wrapped(f"failed to exec transaction (add trial metrics {group})") from None


def report_row(trial: Row, group: str, metrics: Mapping[str, Any], *, trial_run_id: int, steps_completed: int | None, report_time: int) -> Row:
    """A report as the database keeps it, but for its id."""
    return {"trial_id": trial["id"], "trial_run_id": trial_run_id, "group": group, "total_batches": steps_completed, "end_time": report_time,
            "metrics": _body(group, metrics["avg_metrics"], metrics["batch_metrics"]), "archived": False}


def tell_searcher(world: "World", trial: Row, metrics: Mapping[str, Any]) -> None:
    """Before anything is checked, as in the master; the searcher of an experiment that has ended hears nothing."""
    from fakedet.services.experiments import searching
    from fakedet.services.trials.states import is_running

    experiment = world.db.experiments.row(trial["experiment_id"])
    if experiment is not None and is_running(experiment):
        searching.validation_completed(world, trial, metrics)


def _check_epoch(name: str, value: Any) -> None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
        raise Internal(f"cannot add metric with non numeric '{name}' value got {printed(value)}")


def _body(group: str, avg_metrics: Mapping[str, Any], batch_metrics: Any) -> dict[str, Any]:
    if group in PROFILING:
        return dict(avg_metrics)
    if group == VALIDATION:
        return {body_key(group): avg_metrics}
    return {body_key(group): avg_metrics, "batch_metrics": batch_metrics or None}


def store(db: "Database", row: Row) -> None:
    """Store a report, and what follows from it."""
    trial = db.trials.row(row["trial_id"])
    assert trial is not None
    if row["trial_run_id"] != trial["run_id"]:
        raise Internal(f"invalid run id, {row['trial_run_id']} (reported) != {trial['run_id']} (expected): invalid arguments")
    if row["group"] in PROFILING:
        _check_text("inserting", row)
        db.metrics.insert({**row, "total_batches": None})
        return
    if has_nul(row["group"]):
        raise Internal(f"getting old metrics: {REFUSAL_OF_TEXT}")
    archived = archiving.archive_older(db, trial, row)
    before, after = _merged_or_inserted(db, row)
    if archived:
        following.count_anew(db, trial, after)
    elif before is None:
        following.follow_new(db, trial, [after])
    else:
        following.follow_joined(db, trial, before, after, row["metrics"][body_key(row["group"])])


def _merged_or_inserted(db: "Database", row: Row) -> tuple[Row | None, Row]:
    """The stored report of this group and step, before (None if it is new) and after."""
    group, steps = row["group"], row["total_batches"]
    if steps is not None:
        stored = at(db, finding.trial(db, row["trial_id"]), group, steps)
        if stored is not None:
            both = merged(stored["metrics"], row["metrics"], body_key(group))
            _check_text("updating", row)
            return stored, db.metrics.change(stored["id"], metrics=both)
    _check_text("inserting", row)
    number = db.metrics.insert(row)
    _check_constraints(row)
    inserted = db.metrics.row(number)
    assert inserted is not None
    return None, inserted


def _check_text(doing: str, row: Row) -> None:
    """What the database refuses before it looks at the row."""
    if has_nul(row["metrics"]):
        raise Internal(f"{doing} metrics: {REFUSAL}")


def _check_constraints(row: Row) -> None:
    """What the database refuses after it has drawn the id, which is lost then."""
    relation = _RELATIONS.get(row["group"], "generic_metrics")
    if row["total_batches"] is None:
        raise Internal(f'inserting metrics: ERROR: null value in column "total_batches" of relation "{relation}" '
                       "violates not-null constraint (SQLSTATE 23502)")
    if row["group"] in RESERVED:
        raise Internal(f'inserting metrics: ERROR: new row for relation "{relation}" '
                       'violates check constraint "custom_type_check" (SQLSTATE 23514)')
