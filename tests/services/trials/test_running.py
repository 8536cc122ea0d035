"""What is told about a trial: progress, what it does, that it exits, that it shall be killed; log retention; where it came from."""
from __future__ import annotations

import json

import pytest

MANAGED = {"name": "m", "entrypoint": "true", "hyperparameters": {"x": {"type": "int", "minval": 1, "maxval": 9}},
           "resources": {"slots_per_trial": 0}, "searcher": {"name": "random", "metric": "loss", "max_trials": 3, "max_concurrent_trials": 2}}
FILES = [{"path": "a.py", "type": 48, "content": "", "mtime": "0", "mode": 420}]


@pytest.fixture
def managed(detached):
    """A random search of three trials, two at a time, that nothing runs."""
    detached.post("/experiments", {"config": json.dumps(MANAGED), "modelDefinition": FILES})
    return detached


def progress(client):
    return client.get("/experiments/1")["experiment"]["progress"]


def test_progress_of_an_unmanaged_trial_is_that_of_its_experiment(detached):
    trial = detached.trial()
    detached.post(f"/trials/{trial}/progress", {"progress": 0.5})
    assert progress(detached) == 0.5
    assert detached.refusal("POST", f"/trials/{trial}/progress", {"progress": 1.5}) == (
        "500 invalid progress value: 1.500000. Progress value should be between 0 and 1")


def test_what_the_process_does_is_shown(detached):
    trial = detached.trial()
    detached.post(f"/trials/{trial}/runner/metadata", {"state": "training"})
    assert detached.show(trial)["runnerState"] == "training"


@pytest.mark.parametrize(("path", "body"), [("kill", None), ("early_exit", {"reason": "EXITED_REASON_INVALID_HP"})])
def test_nothing_can_be_asked_of_a_trial_whose_experiment_does_not_run(detached, path, body):
    assert detached.refusal("POST", f"/trials/{detached.trial()}/{path}", body) == "404 experiment '1' not found"
    assert detached.refusal("POST", f"/trials/9/{path}", body) == "404 trial '9' not found"


def test_a_killed_trial_makes_room_for_the_next_one(managed):
    managed.post("/trials/1/kill")
    assert (managed.show(1)["state"], managed.show(3)["state"]) == ("STATE_CANCELED", "STATE_PAUSED")
    assert managed.refusal("POST", "/trials/1/kill") == "500 trial not found: not found"


def test_a_search_whose_trials_are_all_killed_is_canceled(managed):
    for trial in (1, 2, 3):
        managed.post(f"/trials/{trial}/kill")
    assert managed.get("/experiments/1")["experiment"]["state"] == "STATE_CANCELED"
    assert managed.refusal("POST", "/trials/3/kill") == "404 experiment '1' not found"


def test_a_reason_to_exit_must_be_given(managed):
    assert managed.refusal("POST", "/trials/1/early_exit", {}) == "500 should not report special exit reason ERRORED to the master"
    assert managed.post("/trials/1/early_exit", {"reason": "EXITED_REASON_INVALID_HP"}) == {}


def test_trials_of_managed_experiments_cannot_be_patched_or_started(managed):
    assert managed.refusal("PATCH", "/trials/1", {}) == "500 only unmanaged trials are supported"
    assert managed.refusal("POST", "/trials/1/start", {"resume": True}) == "500 only unmanaged trials are supported"


def test_remaining_days_count_from_the_end_of_the_task(managed):
    managed.call("PUT", "/trials/1/retain_logs", {"numDays": 10})
    remaining = "/trials/1/remaining_log_retention_days"
    assert managed.get(remaining) == {}
    managed.post("/trials/1/kill")
    assert managed.get(remaining) == {"remainingDays": 9}
    managed.call("PUT", "/trials/1/retain_logs", {"numDays": -1})
    assert managed.get(remaining) == {"remainingDays": -1}


def test_retention_is_a_small_number(detached):
    assert detached.refusal("PUT", f"/trials/{detached.trial()}/retain_logs", {"numDays": 40000}) == (
        "500 updating log retention days for trial: ERROR: smallint out of range (SQLSTATE 22003)")


def link(trial, uuid, kind="INFERENCE", **more):
    return {"trialSourceInfo": {"trialId": trial, "checkpointUuid": uuid, "trialSourceInfoType": f"TRIAL_SOURCE_INFO_TYPE_{kind}", **more}}


def test_the_metrics_of_the_trials_that_began_with_a_checkpoint_are_found_by_it(detached):
    experiment = detached.experiment()
    source, user = detached.trial(experiment), detached.trial(experiment)
    uuid = detached.checkpoint(source, 1, 1)
    detached.post("/trial-source-info", link(user, uuid.upper()))
    detached.report(source, 1, loss=1)
    detached.report(user, 2, "g", a=1)
    detached.report(user, 1, b=1)
    found = detached.get(f"/checkpoints/{uuid}/metrics")["metrics"]
    assert [(report["trialId"], report["group"]) for report in found] == [(user, "training"), (user, "g")]
    assert [report["group"] for report in detached.get(f"/checkpoints/{uuid}/metrics", metricGroup="g")["metrics"]] == ["g"]
    assert detached.get(f"/checkpoints/{uuid}/metrics", trialSourceInfoType="TRIAL_SOURCE_INFO_TYPE_FINE_TUNING") == {"metrics": []}


@pytest.mark.parametrize(("uuid", "more", "problem"), [
    ("nope", {}, 'ERROR: invalid input syntax for type uuid: "nope" (SQLSTATE 22P02)'),
    ("aaaaaaaa-0000-4000-8000-000000000001", {"modelId": 3}, "ERROR: new row for relation \"trial_source_infos\" violates check constraint "
     '"check_model_version_valid" (SQLSTATE 23514)'),
    ("aaaaaaaa-0000-4000-8000-000000000001", {"modelId": 3, "modelVersion": 1}, 'ERROR: insert or update on table "trial_source_infos" '
     'violates foreign key constraint "fk_model_versions" (SQLSTATE 23503)')])
def test_a_source_is_a_uuid_and_perhaps_a_version_that_exists(detached, uuid, more, problem):
    assert detached.refusal("POST", "/trial-source-info", link(detached.trial(), uuid, **more)) == f"500 {problem}"


def test_a_trial_that_told_of_its_exit_is_killed_if_it_does_not_exit(managed):
    managed.post("/trials/1/early_exit", {"reason": "EXITED_REASON_INVALID_HP"})
    managed.world.engine.advance(9)
    assert managed.show(1)["state"] == "STATE_PAUSED"
    managed.world.engine.advance(2)
    assert [managed.show(trial)["state"] for trial in (1, 3)] == ["STATE_CANCELED", "STATE_PAUSED"]


def test_a_synthetic_trial_exits_when_it_has_told_of_its_exit(make_detached):
    client = make_detached(trials="synthetic", agents=1, slots=1, speed="60")
    config = json.dumps({**MANAGED, "data": {"fakedet": {"batches": 100_000}}})
    client.post("/experiments", {"config": config, "modelDefinition": FILES, "activate": True})
    client.world.engine.advance(60)
    client.post("/trials/1/early_exit", {"reason": "EXITED_REASON_INVALID_HP"})
    client.world.engine.advance(1)
    trial = client.show(1)
    assert trial["state"] == "STATE_COMPLETED" and trial["totalBatchesProcessed"] < 100_000
