"""Trials that are trained elsewhere: making them, starting them, their states and what becomes of their experiment."""
from __future__ import annotations

import pytest

FOR_UPDATE = "500 failed to start trial: ERROR: FOR UPDATE cannot be applied to the nullable side of an outer join (SQLSTATE 0A000)"


def state(client, experiment=1):
    return client.world.db.experiments.row(experiment)["state"]


def put(client, external, experiment=1, **hparams):
    body = {"createTrialRequest": {"experimentId": experiment, "hparams": hparams, "unmanaged": True}, "externalTrialId": external}
    return client.call("PUT", "/trials", body)["trial"]


def test_a_new_trial_is_paused_and_has_a_task_of_its_experiment(detached):
    trial = detached.show(detached.trial(lr=0.1))
    assert (trial["state"], trial["hparams"], trial["restarts"], trial["endTime"]) == ("STATE_PAUSED", {"lr": 0.1}, 0, None)
    assert trial["taskId"].startswith("1.") and trial["taskIds"] == [trial["taskId"]]


def test_only_unmanaged_trials_of_unmanaged_experiments_can_be_made(detached):
    detached.experiment()
    assert detached.refusal("POST", "/trials", {"experimentId": 1}) == "500 only unmanaged trials are supported"
    assert detached.refusal("POST", "/trials", {"experimentId": 9, "unmanaged": True}) == "404 experiment '9' not found"


def test_putting_a_known_external_id_replaces_only_the_hyperparameters_but_uses_up_an_id(detached):
    detached.experiment()
    first, second = put(detached, "a", x=1), put(detached, "b")
    detached.start(first["id"])
    again = put(detached, "a", y=2)
    assert (again["id"], again["state"], again["hparams"], again["taskId"]) == (first["id"], "STATE_RUNNING", {"y": 2}, "1.a")
    assert (second["id"], put(detached, "c")["id"]) == (2, 4)


def test_external_ids_count_within_their_experiment(detached):
    detached.experiment(), detached.experiment()
    assert put(detached, "a", 1)["id"] != put(detached, "a", 2)["id"]


def test_each_start_is_a_new_run_from_the_latest_checkpoint(detached):
    trial = detached.trial()
    for number, step in ((1, 100), (2, 300), (3, 200)):
        detached.checkpoint(trial, step, number)
    assert detached.post(f"/trials/{trial}/start", {"resume": True}) == {"trialRunId": 1, "stepsCompleted": 0}
    assert detached.post(f"/trials/{trial}/start", {"resume": True}) == {
        "trialRunId": 2, "stepsCompleted": 300, "latestCheckpoint": "aaaaaaaa-0000-4000-8000-000000000002"}


def test_a_trial_starts_without_resume_only_if_it_never_ran(detached):
    trial = detached.trial()
    assert detached.post(f"/trials/{trial}/start")["trialRunId"] == 1
    assert detached.refusal("POST", f"/trials/{trial}/start") == "500 failed to start trial: trial has already been started"


def test_who_sends_that_it_shall_not_resume_meets_the_masters_error(detached):
    assert detached.refusal("POST", f"/trials/{detached.trial()}/start", {"resume": False}) == FOR_UPDATE


@pytest.mark.parametrize("body", [None, {"resume": False}])
def test_upstream_no_trial_starts_without_resume(make_detached, body):
    upstream = make_detached(semantics="upstream")
    assert upstream.refusal("POST", f"/trials/{upstream.trial()}/start", body) == FOR_UPDATE


@pytest.mark.parametrize("wanted", ["ACTIVE", "PAUSED", "RUNNING", "STOPPING_KILLED", "STOPPING_COMPLETED", "CANCELED", "COMPLETED", "ERROR"])
def test_any_stored_state_may_be_set_and_terminal_ones_end_the_trial(detached, wanted):
    trial = detached.patch(detached.trial(), wanted)
    assert trial["state"] == f"STATE_{wanted}"
    assert (trial["endTime"] is not None) == (wanted in ("CANCELED", "COMPLETED", "ERROR"))


def test_a_state_that_is_never_stored_is_refused(detached):
    assert detached.refusal("PATCH", f"/trials/{detached.trial()}", {"state": "STATE_QUEUED"}) == (
        '500 failed to update state: failed to update trial state: ERROR: invalid input value for enum trial_state: "QUEUED" (SQLSTATE 22P02)')


@pytest.mark.parametrize(("states", "expected"), [
    (["RUNNING", "COMPLETED"], "RUNNING"), (["COMPLETED", "ERROR"], "COMPLETED"), (["ERROR", "PAUSED"], "ERROR"),
    (["CANCELED", "CANCELED"], "PAUSED"), (["STOPPING_ERROR", "CANCELED"], "PAUSED")])
def test_an_experiment_has_the_state_of_its_most_progressed_trial(detached, states, expected):
    experiment = detached.experiment()
    for wanted in states:
        detached.patch(detached.trial(experiment), wanted)
    assert state(detached) == expected


def test_an_experiment_ends_with_its_last_trial_and_completion_is_full_progress(detached):
    experiment = detached.experiment()
    for wanted in ("ERROR", "COMPLETED"):
        end = detached.patch(detached.trial(experiment), wanted)["endTime"]
    shown = detached.get(f"/experiments/{experiment}")["experiment"]
    assert (shown["endTime"], shown["progress"]) == (end, 1)


@pytest.mark.parametrize("speed", ["instant", "1000"])
def test_a_trial_without_heartbeat_is_lost_after_five_minutes(make_detached, speed):
    detached = make_detached(speed=speed)
    trial = detached.trial()
    detached.start(trial)
    started = detached.world.db.trials.row(trial)["last_activity"]
    detached.world.engine.advance(200)
    assert detached.show(trial)["state"] == "STATE_RUNNING"
    detached.world.engine.advance(200)
    assert (detached.show(trial)["state"], state(detached)) == ("STATE_ERROR", "ERROR")
    assert detached.world.db.trials.row(trial)["end_time"] == started


def test_heartbeats_keep_a_trial_alive_and_reports_do_not(detached):
    beating, reporting = detached.trial(), detached.trial()
    detached.start(beating), detached.start(reporting)
    for minute in range(4):
        detached.world.engine.advance(100)
        detached.patch(beating, "RUNNING") if minute % 2 else detached.call("PATCH", f"/trials/{beating}", {})
        if minute < 2:
            detached.report(reporting, minute, run=1, loss=1)
    assert [detached.show(trial)["state"] for trial in (beating, reporting)] == ["STATE_RUNNING", "STATE_ERROR"]


def test_a_trial_that_has_ended_is_not_lost_later(detached):
    trial = detached.trial()
    detached.start(trial)
    detached.patch(trial, "COMPLETED")
    detached.world.engine.advance(3_600)
    assert detached.show(trial)["state"] == "STATE_COMPLETED"
    assert detached.world.db.deadlines.tally() == 0


def test_the_best_checkpoint_is_that_of_the_best_validation_that_has_one(detached):
    trial = detached.trial()
    detached.report(trial, 10, "validation", loss=0.5)
    assert detached.show(trial)["bestCheckpoint"] is None
    detached.checkpoint(trial, 10, 1)
    detached.checkpoint(trial, 20, 2)
    assert detached.show(trial)["bestCheckpoint"]["totalBatches"] == 10
    detached.report(trial, 20, "validation", loss=0.1)
    detached.report(trial, 30, "validation", loss=0.05)
    assert (detached.show(trial)["bestCheckpoint"]["totalBatches"], detached.show(trial)["bestValidation"]["totalBatches"]) == (20, 30)
    detached.checkpoint(trial, 30, 3)
    assert detached.show(trial)["bestCheckpoint"]["totalBatches"] == 30
    detached.call("PATCH", "/checkpoints", {"checkpoints": [{"uuid": "aaaaaaaa-0000-4000-8000-000000000003", "resources": {"resources": {}}}]})
    assert detached.show(trial)["bestCheckpoint"]["totalBatches"] == 20


def test_after_a_snapshot_is_restored_the_best_checkpoint_is_the_one_of_then(detached):
    trial = detached.trial()
    for number, (step, loss) in enumerate(((10, 0.5), (20, 0.1)), 1):
        snapshot = detached.world.snapshot()
        detached.report(trial, step, "validation", loss=loss)
        detached.checkpoint(trial, step, number)
    assert detached.show(trial)["bestCheckpoint"]["totalBatches"] == 20
    detached.world.restore(snapshot)
    assert detached.show(trial)["bestCheckpoint"]["totalBatches"] == 10
