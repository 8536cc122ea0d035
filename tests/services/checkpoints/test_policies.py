"""Policies end to end: what `set gc-policy` deletes, with real files; previews; the differences between documented and real."""
from __future__ import annotations

import pytest

#: The example of the documentation: metrics of the checkpoints 1 to 5 and 6 to 10 of two trials; None stands for null.
TRIALS = ((None, None, 0.6, 0.5, 0.4), (None, 0.2, 0.3, None, None))
#: Best of the experiment, best and latest of each trial: the checkpoints that are kept.
TABLE = {
    (0, 0, 0): [], (2, 0, 0): [7, 8], (5, 0, 0): [3, 4, 5, 7, 8], (0, 1, 0): [5, 7], (0, 3, 0): [3, 4, 5, 7, 8], (0, 0, 1): [5, 10],
    (0, 0, 3): [3, 4, 5, 8, 9, 10], (2, 1, 0): [5, 7, 8], (2, 0, 1): [5, 7, 8, 10], (0, 1, 1): [5, 7, 10], (2, 1, 1): [5, 7, 8, 10]}
#: What 0.38.1 keeps instead when null means that there was no validation.
UPSTREAM = {(0, 0, 1): [5, 8, 10], (0, 0, 3): [2, 3, 4, 5, 7, 8, 9, 10], (0, 1, 1): [5, 7, 8, 10]}
ROWS = pytest.mark.parametrize("policy", list(TABLE), ids=lambda policy: ",".join(map(str, policy)))


def seeded(cluster, null=()):
    """Ten checkpoints with files; `null` are the values of the validations without the searcher metric, none for no validation."""
    experiment = cluster.experiment()
    uuids = []
    for metrics in TRIALS:
        trial = cluster.trial(experiment)
        for number, loss in enumerate(metrics, 1):
            uuids.append(cluster.checkpoint(trial, 100 * number, files={"model.bin": b"x" * 100, "code/train.py": b"pass"}))
            values = dict(null) if loss is None else {"loss": loss}
            if values:
                cluster.metrics(trial, 100 * number, **values)
    return uuids


def set_policy(cluster, policy):
    names = ("saveExperimentBest", "saveTrialBest", "saveTrialLatest")
    return cluster.call("PATCH", "/api/v1/experiments/1", {"checkpointStorage": dict(zip(names, policy, strict=True))})


def preview(cluster, policy):
    names = ("save_experiment_best", "save_trial_best", "save_trial_latest")
    return cluster.get("/experiments/1/preview_gc", **dict(zip(names, policy, strict=True)))


def kept(cluster, uuids):
    """The numbers of the checkpoints that are listed as complete; their files are there and those of all others are gone."""
    numbers = [number for number, uuid in enumerate(uuids, 1) if cluster.state(uuid) == "COMPLETED"]
    assert numbers == [number for number, uuid in enumerate(uuids, 1) if cluster.storage.exists(uuid)]
    return numbers


@ROWS
@pytest.mark.parametrize("null", [{}, {"other": 1}], ids=["no validation", "no searcher metric"])
def test_a_new_policy_keeps_what_the_documentation_says_and_deletes_all_other_files(cluster, policy, null):
    uuids = seeded(cluster, null)
    set_policy(cluster, policy)
    assert kept(cluster, uuids) == TABLE[policy]
    assert cluster.totals("experiment", 1) == (104 * len(TABLE[policy]), len(TABLE[policy]))


@ROWS
def test_the_preview_names_what_would_go_and_deletes_nothing(cluster, policy):
    uuids = seeded(cluster)
    found = preview(cluster, policy)
    expected = [uuid for number, uuid in enumerate(uuids, 1) if number not in TABLE[policy]]
    assert sorted(checkpoint["UUID"] for checkpoint in found["checkpoints"] or ()) == expected
    assert kept(cluster, uuids) == list(range(1, 11))


@ROWS
def test_upstream_checkpoints_without_validation_compete_over_all_trials(upstream, policy):
    uuids = seeded(upstream)
    gone = {checkpoint["UUID"] for checkpoint in preview(upstream, policy)["checkpoints"]}
    assert [number for number, uuid in enumerate(uuids, 1) if uuid not in gone] == UPSTREAM.get(policy, TABLE[policy])


@pytest.mark.parametrize("policy", [(0, 0, 1), (2, 0, 0)])
def test_a_preview_that_the_semantics_answer_differently_says_so(either, policy):
    seeded(either)
    preview(either, policy)
    notice = either.reply_headers.get("X-Fakedet-Notice", "")
    assert notice.startswith("gc-latest-within-trial: ") is (policy in UPSTREAM)


def test_upstream_a_new_policy_collects_by_the_old_one(upstream):
    uuids = seeded(upstream, {"other": 1})
    set_policy(upstream, (5, 5, 5))
    assert upstream.reply_headers["X-Fakedet-Notice"].startswith("gc-policy-applies-at-once: ")
    assert kept(upstream, uuids) == TABLE[0, 1, 1]


def test_the_same_policy_again_applies_it_in_both_semantics(either):
    uuids = seeded(either, {"other": 1})
    set_policy(either, (0, 1, 1))
    assert kept(either, uuids) == TABLE[0, 1, 1]


def test_registered_checkpoints_stay_and_take_a_place(either):
    uuids = seeded(either, {"other": 1})
    either.register(uuids[6])
    set_policy(either, (0, 1, 1))
    assert kept(either, uuids) == [5, 7, 10]
    for _ in range(2):
        set_policy(either, (0, 0, 0))
    assert kept(either, uuids) == [7]


def test_values_that_are_no_numbers_stop_the_collection_and_fail_the_preview(either):
    uuids = seeded(either)
    either.checkpoint(1, 1.5)
    status, reply = either.raw("PATCH", "/api/v1/experiments/1", {"id": 1, "checkpointStorage": {}})
    assert status == 500 and b"querying for checkpoints that can be deleted" in reply
    assert either.world.db.experiments.row(1)["config"]["checkpoint_storage"]["save_trial_best"] == 0, "the policy itself is saved"
    assert [either.storage.exists(uuid) for uuid in uuids] == [True] * 10
    status, reply = either.raw("GET", "/experiments/1/preview_gc?save_experiment_best=0&save_trial_best=0&save_trial_latest=0")
    assert status == 500 and b"invalid input syntax for type integer" in reply


def test_the_verdicts_tell_the_rule_that_keeps_each_checkpoint(cluster):
    from fakedet.testing.cluster import FakeCluster

    seeded(cluster)
    found = FakeCluster(cluster.world, "http://nowhere").gc_preview(1, save_trial_latest=2)
    assert [checkpoint["reason"] for checkpoint in found["checkpoints"]] == [
        "collected", "collected", "collected", "trial latest 2", "trial best 1",
        "collected", "trial best 1", "collected", "trial latest 2", "trial latest 1"]
    assert found["policy"] == {"save_experiment_best": 0, "save_trial_best": 1, "save_trial_latest": 2}
