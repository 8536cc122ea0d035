"""Streams: stored reports, names, steps, values around a step, the best trials' series, the profiler."""
from __future__ import annotations

import pytest

from fakedet.services.call import Call
from fakedet.services.metrics.following_experiments import lines


@pytest.fixture
def two(detached):
    """An ended experiment: trial 1 has training at 10, 20 and a validation, trial 2 training at 11, a validation and a group of its own."""
    experiment = detached.experiment()
    for trial, steps, loss in ((detached.trial(experiment, lr=1), (10, 20), 0.5), (detached.trial(experiment, lr=2), (11,), 0.1)):
        for step in steps:
            detached.report(trial, step, second=step, loss=step, epochs=step / 10)
        detached.report(trial, 30, "validation", second=40, loss=loss)
    detached.report(2, 5, "inference", second=5, speed=3)
    for trial in (1, 2):
        detached.patch(trial, "COMPLETED")
    return detached


def of_experiment(client, kind, **query):
    return client.lines(f"/experiments/1/metrics-stream/{kind}", **query)


def test_reports_come_trial_by_trial_and_then_by_run_and_step(two):
    found = two.lines("/trials/metrics/training_metrics", trialIds=[2, 1])
    assert [[(report["trialId"], report["totalBatches"]) for report in line["metrics"]] for line in found] == [[(1, 10), (1, 20)], [(2, 11)]]


def test_a_trial_that_is_asked_for_twice_is_sent_twice(two):
    assert len(two.lines("/trials/metrics/validation_metrics", trialIds=[1, 1])) == 2


def test_a_line_holds_a_thousand_reports(detached):
    trial = detached.trial()
    for step in range(1003):
        detached.report(trial, step, a=1)
    found = detached.lines("/trials/metrics/training_metrics", trialIds=trial)
    assert [len(line["metrics"]) for line in found] == [1000, 3]
    assert [report["totalBatches"] for line in found for report in line["metrics"]] == list(range(1003))


@pytest.mark.parametrize(("query", "refusal"), [
    ("training_metrics", "400 must specify at least one trialId"), ("training_metrics?trialIds=1&trialIds=9", "404 trial '9' not found")])
def test_all_trials_of_a_stream_are_checked_first(two, query, refusal):
    assert two.refusal("GET", f"/trials/metrics/{query}") == refusal


def test_each_name_is_told_once_with_its_group(two):
    (line,) = two.lines("/experiments/metrics-stream/metric-names", ids=[1, 1])
    assert line["searcherMetrics"] == ["loss"]
    assert (line["trainingMetrics"], line["validationMetrics"]) == (["epochs", "loss"], ["loss"])
    assert {(name["group"], name["name"]) for name in line["metricNames"]} == {
        ("training", "loss"), ("training", "epochs"), ("validation", "loss"), ("inference", "speed")}


def test_the_steps_of_a_metric_are_those_of_all_trials(two):
    (line,) = of_experiment(two, "batches", metricName="loss", metricType="METRIC_TYPE_TRAINING")
    assert sorted(line["batches"]) == [10, 11, 20]


def test_a_snapshot_has_what_lies_within_the_margin(two):
    (line,) = of_experiment(two, "trials-snapshot", metricName="loss", group="training", batchesProcessed=10, batchesMargin=1)
    assert line["trials"] == [{"trialId": 1, "hparams": {"lr": 1}, "metric": 10, "batchesProcessed": 10},
                              {"trialId": 2, "hparams": {"lr": 2}, "metric": 11, "batchesProcessed": 11}]


def test_a_snapshot_shows_archived_reports_too(detached):
    trial = detached.trial()
    for run in (1, 2):
        detached.start(trial)
        detached.report(trial, 5, run=run, loss=run)
    detached.patch(trial, "COMPLETED")
    (line,) = of_experiment(detached, "trials-snapshot", metricName="loss", group="training", batchesProcessed=5)
    assert [shown["metric"] for shown in line["trials"]] == [1, 2]


def test_a_sample_begins_with_the_best_trial(two):
    (line,) = of_experiment(two, "trials-sample", metricName="loss", group="training")
    assert (line["promotedTrials"], line["demotedTrials"]) == ([2, 1], [])
    assert [(point["batches"], point["values"], point["epoch"]) for point in line["trials"][1]["data"]] == [
        (10, {"loss": 10}, 1), (20, {"loss": 20}, 2)]


def test_of_a_single_trial_nothing_can_be_sampled(detached):
    detached.patch(detached.trial(detached.experiment("single")), "COMPLETED")
    assert detached.refusal("GET", "/experiments/1/metrics-stream/trials-sample?metricName=loss&group=training") == (
        "500 error determining top trials: single-trial experiments are not supported for trial sampling")


@pytest.mark.parametrize("kind", ["batches", "trials-snapshot", "trials-sample"])
def test_metric_and_group_must_be_named(two, kind):
    path = f"/experiments/1/metrics-stream/{kind}"
    assert two.refusal("GET", f"{path}?group=training") == "400 must specify a metric name"
    assert two.refusal("GET", f"{path}?metricName=loss") == "400 must specify a metric group"


def test_a_stream_of_a_running_experiment_goes_on_until_it_ends(detached):
    trial = detached.trial()
    detached.start(trial)
    made = []
    stream = lines(Call(detached.world), [1], 30, lambda: made.append(1) or {"line": len(made)})
    assert next(stream) == {"line": 1}
    detached.patch(trial, "COMPLETED")
    assert list(stream) == [{"line": 2}]


def test_gpu_metrics_without_a_gpu_are_those_of_all(detached):
    trial = detached.trial()
    detached.report(trial, None, "gpu", a1={"G1": {"gpu_util": 0.5}, "G2": {"gpu_util": 0.123456789}})
    path = f"/trials/{trial}/profiler/metrics"
    found = detached.lines(path, **{"labels.name": "gpu_util", "labels.agentId": "a1"})
    assert [(line["batch"]["values"], line["batch"]["labels"]["gpuUuid"]) for line in found] == [([0.5], "G1"), ([0.12345679], "G2")]
    (line,) = detached.lines(path, **{"labels.name": "gpu_util", "labels.agentId": "a1", "labels.gpuUuid": "G2"})
    assert line["batch"]["values"] == [0.12345679]


def test_available_series_leave_out_disks(detached):
    trial = detached.trial()
    detached.report(trial, None, "disk", a1={"/": {"disk_util": 1}, "disk_iops": 2})
    detached.report(trial, None, "cpu", a1={"cpu_util_simple": 1})
    (line,) = detached.lines(f"/trials/{trial}/profiler/available_series", follow="false")
    assert {label["name"] for label in line["labels"]} == {"disk_iops", "cpu_util_simple"}


def test_a_snapshot_fails_for_what_cannot_be_cast_before_it_fails_for_null(detached):
    trial = detached.trial()
    detached.report(trial, 1, "g", second=1, loss=None)
    detached.report(trial, 2, "g", second=2, loss="high")
    query = "metricName=loss&group=g&batchesProcessed=1&batchesMargin=2"
    assert detached.refusal("GET", f"/experiments/1/metrics-stream/trials-snapshot?{query}").endswith(
        'ERROR: invalid input syntax for type double precision: "high" (SQLSTATE 22P02)')


@pytest.mark.parametrize(("smaller_is_better", "losses", "ranking"), [
    (True, {1: [0.5, "NaN"], 2: ["NaN"], 3: [None], 4: [0.7]}, [1, 4, 2, 3]),
    (False, {1: [0.5, "NaN"], 2: [0.9], 3: [None], 4: ["Infinity"]}, [3, 1, 4, 2])])
def test_halvings_sample_by_the_last_step_and_then_as_the_database_sorts_minimum_or_maximum(detached, smaller_is_better, losses, ranking):
    experiment = detached.experiment("adaptive_asha", smaller_is_better=smaller_is_better, max_trials=4, max_time=100, time_metric="batches")
    for trial in losses:
        assert detached.trial(experiment) == trial
        detached.patch(trial, "COMPLETED")
    for trial, values in losses.items():
        for step, value in enumerate(values, 10 - len(values)):
            detached.report(trial, step, "validation", loss=value)
    (line,) = of_experiment(detached, "trials-sample", metricName="loss", group="validation")
    assert line["promotedTrials"] == ranking


def test_the_profilers_reports_have_no_steps_and_so_no_place_in_a_stream_by_steps(detached):
    trial = detached.trial()
    detached.report(trial, None, "cpu", agent={"cpu_util": 1})
    detached.report(trial, 1, loss=1)
    assert detached.lines("/trials/metrics/trial_metrics", trialIds=trial, group="cpu") == []


def test_gpus_come_as_the_database_keeps_keys_the_shorter_first(detached):
    trial = detached.trial()
    detached.report(trial, None, "gpu", a={"a-long-one": {"gpu_util": 1}, "b": {"gpu_util": 2}})
    found = detached.lines(f"/trials/{trial}/profiler/metrics", **{"labels.name": "gpu_util", "labels.agentId": "a"})
    assert [line["batch"]["labels"]["gpuUuid"] for line in found] == ["b", "a-long-one"]


def test_series_are_listed_once_for_each_agent_of_the_latest_report(detached):
    trial = detached.trial()
    detached.report(trial, None, "cpu", a={"cpu_util": 1}, b={"cpu_util": 2})
    (line,) = detached.lines(f"/trials/{trial}/profiler/available_series")
    assert [label["agentId"] for label in line["labels"]] == ["a", "b", "a", "b"]
