"""Continuing experiments that have ended: which trials go on, under which tasks, with which config, and what is refused."""
from __future__ import annotations

import json

import pytest

REFUSED = "400 experiment continue database updates: rpc error: code = FailedPrecondition desc = "


def continued(client, experiment=1, override=""):
    return client.post("/experiments/continue", {"id": experiment, "overrideConfig": override})["experiment"]


def refusal(client, experiment=1, override=""):
    return client.refusal("POST", "/experiments/continue", {"id": experiment, "overrideConfig": override})


def test_a_completed_single_trial_goes_on_under_a_further_task(training):
    training.create(activate=True)
    [before] = training.trials()
    continued(training, override="searcher: {name: single, max_length: {batches: 300}}")
    [after] = training.trials()
    assert (after["id"], after["state"], after["totalBatchesProcessed"]) == (before["id"], "STATE_COMPLETED", 300)
    assert after["taskIds"] == [before["taskId"], before["taskId"] + "-1"]
    assert training.state() == "COMPLETED"


def test_a_killed_trial_goes_on(idle):
    idle.create(activate=True)
    idle.go("kill")
    assert (idle.state(), idle.show()["endTime"] is None) == ("CANCELED", False)
    continued(idle)
    assert (idle.state(), idle.show()["endTime"], idle.show()["progress"]) == ("QUEUED", None, 0)
    assert [(trial["state"], trial["endTime"]) for trial in idle.trials()] == [("STATE_QUEUED", None)]


def test_a_search_skips_its_completed_trials(idle):
    idle.search(2, activate=True)
    idle.call("POST", "/trials/1/kill")
    idle.world.db.trials.change(1, state="COMPLETED")
    idle.go("kill")
    assert [trial["state"] for trial in idle.trials()] == ["STATE_COMPLETED", "STATE_CANCELED"]
    continued(idle)
    assert [(trial["state"], len(trial["taskIds"])) for trial in idle.trials()] == [("STATE_COMPLETED", 1), ("STATE_QUEUED", 2)]


def test_a_search_whose_trials_have_completed_has_nothing_left(training):
    training.search(activate=True)
    assert refusal(training) == REFUSED + "experiment has been completed, cannot continue this experiment"


def test_the_config_is_replaced_the_original_kept(idle):
    idle.create(labels=["old"], description="before")
    idle.go("kill")
    reply = continued(idle, override="name: again\nlabels: [new]\nmax_restarts: 1\n")
    assert (reply["name"], sorted(reply["labels"]), reply["description"]) == ("again", ["new", "old"], "before")
    assert reply["config"]["max_restarts"] == 1
    assert json.loads(reply["originalConfig"])["name"] == "e"


def test_another_seed_makes_another_trial(idle):
    idle.create()
    idle.go("kill")
    assert continued(idle, override="reproducibility: {experiment_seed: 8}")["trialIds"] == [1, 2]


@pytest.mark.parametrize(("override", "message"), [
    ("entrypoint: null\nhyperparameters: 3", "parsing override config: version 0 experiment config is invalid: config is invalid: "
                                             "<config>.hyperparameters: expected object or null, but got number"),
    ("resources: {resource_pool: big}", "parsing continue experiment request: invalid resource configuration: rpc error: code = "
                                        "InvalidArgument desc = resource pool big does not exist or is not available to workspace id 1"),
    ("searcher: {source_trial_id: 1}", "failed to create experiment: no checkpoint found for source trial 1"),
])
def test_what_a_new_experiment_may_not_say_an_override_may_not_either(idle, override, message):
    idle.create()
    idle.go("kill")
    assert refusal(idle, override=override)[4:] == message


def test_trials_of_a_search_from_another_seed_are_left_as_they_are(idle):
    idle.create()
    idle.go("kill")
    continued(idle, override="reproducibility: {experiment_seed: 8}")
    assert [trial["state"] for trial in idle.trials()] == ["STATE_PAUSED", "STATE_QUEUED"]
    assert idle.refusal("POST", "/trials/1/kill") == "500 trial not found: not found"
    idle.go("kill")
    assert [trial["state"] for trial in idle.trials()] == ["STATE_PAUSED", "STATE_CANCELED"]
    assert idle.state() == "CANCELED"


def test_an_unmanaged_experiment_that_is_continued_runs(idle):
    idle.create(request={"unmanaged": True})
    idle.post("/trials", {"experimentId": 1, "hparams": {}, "unmanaged": True})
    idle.call("PATCH", "/trials/1", {"state": "STATE_COMPLETED"})
    assert idle.refusal("POST", "/experiments/1/activate") == "404 experiment '1' not found"
    continued(idle)
    idle.go("pause")
    assert (idle.state(), [trial["state"] for trial in idle.trials()]) == ("PAUSED", ["STATE_PAUSED", "STATE_PAUSED"])
    idle.go("kill")
    assert idle.state() == "CANCELED"


def test_an_archived_experiment_that_is_continued_is_only_found_by_its_activation(idle):
    idle.create()
    idle.go("kill")
    idle.go("archive")
    continued(idle)
    idle.go("activate")
    assert {idle.refusal("POST", f"/experiments/1/{act}") for act in ("pause", "cancel", "kill")} == {"404 experiment '1' not found"}
