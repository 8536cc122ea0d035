"""Reports: what is refused, what joins, what a newer run archives, what the trial then shows."""
from __future__ import annotations

import pytest

NIL = "500 runtime error: invalid memory address or nil pointer dereference"


def metrics_of(detached, trial, group="training"):
    """Step -> metrics, as the stream tells them."""
    reports = [report for line in detached.lines("/trials/metrics/trial_metrics", trialIds=trial, group=group) for report in line["metrics"]]
    return {report["totalBatches"]: report["metrics"].get("avg_metrics", report["metrics"].get("validation_metrics")) for report in reports}


def test_a_report_is_read_back_with_its_group_its_run_and_the_milliseconds_of_its_time(detached):
    trial = detached.trial()
    path, body = detached.reporting(trial, 7, "g", loss=0.5)
    body["metrics"]["reportTime"] = "2024-05-01T10:00:06.123456Z"
    detached.post(path, body)
    (line,) = detached.lines("/trials/metrics/trial_metrics", trialIds=trial, group="g")
    assert line["metrics"] == [{"trialId": trial, "endTime": "2024-05-01T10:00:06.123Z", "totalBatches": 7, "archived": False, "id": 2,
                                "metrics": {"avg_metrics": {"loss": 0.5}, "batch_metrics": None}, "trialRunId": 0, "group": "g"}]


def test_reports_of_one_group_and_step_join(detached):
    trial = detached.trial()
    detached.report(trial, 1, a=1)
    detached.report(trial, 1, a=1, b=2)
    assert metrics_of(detached, trial) == {1: {"a": 1, "b": 2}}


@pytest.mark.parametrize(("first", "second"), [(1, 2), (1, True), (True, 1), ("1", 1), ({"x": 1}, {"x": 1, "y": 2}), ([1, 2], [2, 1]), (None, 0)])
def test_a_value_is_never_overwritten_by_another(detached, first, second):
    trial = detached.trial()
    detached.report(trial, 1, a=first)
    assert detached.refusal("POST", *detached.reporting(trial, 1, a=second)) == (
        "500 failed to exec transaction (add trial metrics training): overwriting existing metric keys is not supported, conflicting key: a")
    assert metrics_of(detached, trial) == {1: {"a": first}}


@pytest.mark.parametrize("value", [1, 1.5, True, None, "x", [1, {"b": None}], {"x": {"y": 1}}, "NaN"])
def test_an_equal_value_may_be_reported_again(detached, value):
    trial = detached.trial()
    detached.report(trial, 1, a=value)
    detached.report(trial, 1, a=value)
    assert metrics_of(detached, trial) == {1: {"a": value}}


@pytest.mark.parametrize(("group", "metrics", "refusal"), [
    ("validation", {"b": "x\0"}, "updating metrics: ERROR: unsupported Unicode escape sequence (SQLSTATE 22P05)"),
    ("validation", {"a": "\0"}, "overwriting existing metric keys is not supported, conflicting key: a"),
    ("cpu", {"b\0": 1}, "inserting metrics: ERROR: unsupported Unicode escape sequence (SQLSTATE 22P05)"),
    ("odd", {"b": ["\0"]}, "inserting metrics: ERROR: unsupported Unicode escape sequence (SQLSTATE 22P05)"),
    ("o\0", {"b": 1}, 'getting old metrics: ERROR: invalid byte sequence for encoding "UTF8": 0x00 (SQLSTATE 22021)')])
def test_the_database_holds_no_nul(detached, group, metrics, refusal):
    trial = detached.trial()
    detached.report(trial, 1, "validation", a=1)
    path, body = detached.reporting(trial, 1, group)
    body["metrics"]["metrics"]["avgMetrics"] = metrics
    assert detached.refusal("POST", path, body) == f"500 failed to exec transaction (add trial metrics {group}): {refusal}"
    assert metrics_of(detached, trial, "validation") == {1: {"a": 1}}


def test_batch_metrics_of_a_second_report_are_dropped_or_refused(detached):
    trial = detached.trial()
    path, body = detached.reporting(trial, 1, a=1)
    body["metrics"]["metrics"]["batchMetrics"] = [{"a": 3}]
    detached.report(trial, 1, a=1)
    detached.post(path, body)
    body["metrics"]["stepsCompleted"] = 2
    detached.post(path, body)
    assert detached.refusal("POST", path, body).endswith("overwriting batch metrics is not supported")


def test_the_run_must_be_the_current_one(detached):
    trial = detached.trial()
    assert detached.start(trial) == 1
    assert detached.refusal("POST", *detached.reporting(trial, 1, run=2, a=1)) == (
        "500 failed to exec transaction (add trial metrics training): invalid run id, 2 (reported) != 1 (expected): invalid arguments")


@pytest.mark.parametrize("group", ["training", "validation", "g"])
def test_only_the_profiler_may_report_without_steps(detached, group):
    trial = detached.trial()
    relation = {"training": "raw_steps", "validation": "raw_validations"}.get(group, "generic_metrics")
    assert detached.refusal("POST", *detached.reporting(trial, None, group, a=1)) == (
        f"500 failed to exec transaction (add trial metrics {group}): inserting metrics: ERROR: null value in column "
        f'"total_batches" of relation "{relation}" violates not-null constraint (SQLSTATE 23502)')
    detached.report(trial, None, "gpu", agent={"util": 1})
    assert detached.show(trial)["summaryMetrics"] == {}


@pytest.mark.parametrize(("group", "refusal"), [("", "metric group cannot be empty"), ("a.b", "metric group cannot contain '.'")])
def test_a_group_has_a_name_without_dots(detached, group, refusal):
    assert detached.refusal("POST", *detached.reporting(detached.trial(), 1, group, a=1)) == f"400 {refusal}"


@pytest.mark.parametrize("body", [{"group": "g"}, {"group": "g", "metrics": {}}, {"group": "g", "metrics": {"metrics": {}}}])
def test_a_report_without_metrics_makes_the_master_panic(detached, body):
    assert detached.refusal("POST", f"/trials/{detached.trial()}/metrics", body) == NIL


@pytest.mark.parametrize(("value", "shown"), [("2", "2"), (True, "true"), ([1, "a"], "[1 a]"), ({"b": 1.5, "a": None}, "map[a:<nil> b:1.5]")])
def test_an_epoch_is_a_number(detached, value, shown):
    trial = detached.trial()
    assert detached.refusal("POST", *detached.reporting(trial, 1, epochs=value)) == (
        f"500 cannot add metric with non numeric 'epochs' value got {shown}")
    assert metrics_of(detached, trial) == {}


def test_a_refused_validation_changes_nothing(detached):
    trial = detached.trial()
    detached.report(trial, 1, "validation", loss=0.5)
    before = detached.show(trial)
    assert detached.refusal("POST", *detached.reporting(trial, 2, "validation", loss=[1])).endswith(
        f'error updating best validation for trial {trial}: ERROR: invalid input syntax for type double precision: "[1]" (SQLSTATE 22P02)')
    assert detached.show(trial) == before


def test_a_new_run_archives_what_the_old_one_reported_beyond_it(detached):
    trial = detached.trial()
    first = detached.start(trial)
    for step in (10, 20, 30):
        detached.report(trial, step, run=first, loss=step)
        detached.report(trial, step, "validation", run=first, loss=step)
    second = detached.start(trial)
    assert metrics_of(detached, trial).keys() == {10, 20, 30}
    detached.report(trial, 20, run=second, loss=5)
    assert metrics_of(detached, trial) == {10: {"loss": 10}, 20: {"loss": 5}}
    assert metrics_of(detached, trial, "validation").keys() == {10, 20}
    detached.report(trial, 20, "validation", run=second, loss=6)
    assert metrics_of(detached, trial, "validation") == {10: {"loss": 10}, 20: {"loss": 6}}


def test_all_groups_but_training_and_validation_archive_each_other(detached):
    trial = detached.trial()
    detached.start(trial)
    detached.report(trial, 10, "g", run=1, a=1)
    detached.report(trial, 10, run=1, a=1)
    detached.start(trial)
    detached.report(trial, 10, "h", run=2, a=1)
    assert (metrics_of(detached, trial, "g"), metrics_of(detached, trial)) == ({}, {10: {"a": 1}})


def test_after_a_rollback_the_summary_tells_of_what_is_left(detached):
    trial = detached.trial()
    detached.start(trial)
    detached.report(trial, 1, run=1, second=1, loss=1, name="a")
    detached.report(trial, 2, run=1, second=2, loss=100, name=3)
    detached.start(trial)
    detached.report(trial, 2, run=2, second=3, loss=3)
    assert detached.show(trial)["summaryMetrics"] == {"avg_metrics": {
        "loss": {"type": "number", "count": 2, "sum": 4, "mean": 2, "min": 1, "max": 3, "last": 3},
        "name": {"type": "string", "count": None, "sum": None, "mean": None, "min": None, "max": None, "last": None}}}


def test_the_stored_best_forgets_older_validations_after_a_rollback_but_the_shown_one_does_not(detached):
    experiment = detached.experiment()
    trial, other = detached.trial(experiment), detached.trial(experiment)
    detached.start(trial)
    for step, loss in ((10, 0.5), (20, 0.1)):
        detached.report(trial, step, "validation", run=1, loss=loss)
    detached.report(other, 1, "validation", loss=0.7)
    detached.start(trial)
    detached.report(trial, 15, "validation", run=2, loss=0.9)
    assert detached.show(trial)["bestValidation"]["totalBatches"] == 10
    listed = detached.get(f"/experiments/{experiment}/trials", sortBy="SORT_BY_BEST_VALIDATION_METRIC")["trials"]
    assert [shown["id"] for shown in listed] == [other, trial]
    assert detached.world.db.experiments.row(experiment)["best_trial_id"] == other
