"""Changing experiments, and what of a change stays when a part of it is refused (each case was asked of the real master)."""
from __future__ import annotations

import pytest

from fakedet.services.experiments.held_config import HIGHEST

PROBLEM = "<config>.checkpoint_storage.save_trial_best: must be >= 0 but found -5"
REFUSED = f"500 patching experiment 1: refusing to save invalid experiment config: config is invalid or incomplete: {PROBLEM}\n{PROBLEM}"
BAD_POLICY = {"saveTrialBest": -5}


def refusal(client, experiment=1, **changes):
    return client.refusal("PATCH", f"/experiments/{experiment}", changes)


def config_of(client, experiment=1):
    return client.show(experiment)["config"]


@pytest.fixture
def detached_experiment(idle):
    idle.create(request={"unmanaged": True})
    return idle


def test_texts_stay_changed_where_resources_cannot_be_set(detached_experiment):
    assert refusal(detached_experiment, name="kept", resources={"priority": 5}) == "404 experiment '1' not found"
    assert config_of(detached_experiment)["name"] == "kept"


def test_texts_stay_changed_where_the_policy_is_bad(idle):
    idle.create()
    assert refusal(idle, description="kept", checkpointStorage=BAD_POLICY) == REFUSED
    assert (config_of(idle)["description"], config_of(idle)["checkpoint_storage"]["save_trial_best"]) == ("kept", 1)


def test_a_new_priority_brings_back_the_config_that_the_experiment_runs_with(idle):
    idle.create()
    idle.patch(name="renamed")
    assert refusal(idle, notes="kept", resources={"priority": 3}, checkpointStorage=BAD_POLICY) == REFUSED
    assert (idle.show()["name"], idle.show()["notes"], config_of(idle)["resources"]["priority"]) == ("e", "kept", 3)


def test_a_priority_that_no_config_may_have_does_so_too(idle):
    idle.create()
    idle.patch(name="renamed")
    assert refusal(idle, resources={"priority": HIGHEST + 1}).endswith(f"<config>.resources.priority: must be <= 99 but found {HIGHEST + 1}")
    assert (idle.show()["name"], config_of(idle)["resources"]["priority"]) == ("e", 42)


def test_what_is_sent_together_is_stored_together(idle):
    idle.create()
    idle.patch(name="renamed", resources={"priority": 7, "weight": 2}, checkpointStorage={"saveTrialBest": 4})
    stored = config_of(idle)
    assert (stored["name"], stored["resources"]["priority"], stored["resources"]["weight"]) == ("renamed", 7, 2)
    assert [stored["checkpoint_storage"][name] for name in ("save_experiment_best", "save_trial_best", "save_trial_latest")] == [0, 4, 0]


def test_the_queue_sets_priorities_as_a_patch_does(idle):
    idle.create()
    idle.patch(name="renamed")
    job = idle.show()["jobId"]
    idle.post("/job-queues", {"updates": [{"jobId": job, "priority": 11}]})
    assert (idle.show()["name"], config_of(idle)["resources"]["priority"]) == ("e", 11)
    idle.go("kill")
    assert idle.refusal("POST", "/job-queues", {"updates": [{"jobId": job, "priority": 12}]}) == f"500 job {job} not found"


@pytest.mark.parametrize(("before", "sent", "stored"), [
    (["a"], [], []), ([], [], None), ([], [""], None), (["a"], ["a"], ["a"]), (["a"], [3, None], []), ([], ["b", "b"], ["b"])])
def test_labels_are_stored_as_sent_if_they_read_otherwise_than_before(idle, before, sent, stored):
    idle.create(labels=before)
    idle.patch(labels=sent, description="so that something changes")
    assert config_of(idle)["labels"] == stored


def test_no_labels_are_written_as_null_with_the_next_text(idle):
    idle.create(labels=["a"])
    idle.patch(labels=[])
    idle.patch(name="other")
    assert (config_of(idle)["labels"], config_of(idle)["description"]) == (None, "")


@pytest.mark.parametrize(("sent", "printed"), [("NaN", "NaN"), ("Infinity", "+Inf"), ("-Infinity", "-Inf")])
def test_a_weight_that_json_cannot_hold_is_not_saved(idle, sent, printed):
    idle.create()
    refusal = idle.refusal("PATCH", "/experiments/1", {"resources": {"weight": sent}})
    assert refusal.startswith(f"500 cannot change experiment weight to {printed}: setting experiment 1 weight: refusing to save")
    assert idle.show()["config"]["resources"]["weight"] == 1
