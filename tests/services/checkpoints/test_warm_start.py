"""Experiments that start from a checkpoint: how it is named, what is refused, that it is never collected."""
from __future__ import annotations

import json

import pytest

UNKNOWN = "bbbbbbbb-0000-4000-8000-000000000099"


@pytest.fixture
def checkpoints(either):
    """The best one is the second; the third is the latest."""
    trial = either.trial(either.experiment())
    uuids = [either.checkpoint(trial, step, {"model.bin": b"x"}) for step in (10, 20, 30)]
    for step, loss in ((10, 0.3), (20, 0.1), (30, 0.2)):
        either.metrics(trial, step, loss=loss)
    return uuids


def started(cluster, **source):
    """The request for a managed experiment with such a searcher."""
    config = {"name": "w", "entrypoint": "x", "resources": {"slots_per_trial": 0},
              "searcher": {"name": "single", "metric": "loss", **source},
              "checkpoint_storage": cluster.world.storages.default_config()}
    return {"config": json.dumps(config), "activate": False}


def source_of(cluster, experiment):
    return cluster.get(f"/api/v1/experiments/{experiment}/trials")["trials"][0]["warmStartCheckpointUuid"]


def test_trials_start_from_the_checkpoint_that_is_named_or_the_latest_of_the_trial_that_is(either, checkpoints):
    either.post("/api/v1/experiments", started(either, source_checkpoint_uuid=checkpoints[0].upper()))
    either.post("/api/v1/experiments", started(either, source_trial_id=1))
    assert [source_of(either, number) for number in (2, 3)] == [checkpoints[0], checkpoints[2]]


@pytest.mark.parametrize(("source", "problem"), [
    ({"source_checkpoint_uuid": UNKNOWN}, f"no checkpoint found with UUID {UNKNOWN}"),
    ({"source_checkpoint_uuid": "x"}, "invalid source checkpoint UUID: invalid UUID length: 1"),
    ({"source_trial_id": 9}, "no checkpoint found for source trial 9")])
def test_a_source_that_is_not_there_is_refused_and_no_experiment_is_made(either, source, problem):
    assert either.refusal("POST", "/api/v1/experiments", started(either, **source)) == f"13 failed to create experiment: {problem}"
    assert either.experiment() == 1


def test_a_source_is_never_collected_and_takes_no_place_among_the_best(either, checkpoints):
    either.post("/api/v1/experiments", started(either, source_checkpoint_uuid=checkpoints[1]))
    policy = {"saveExperimentBest": 0, "saveTrialBest": 1, "saveTrialLatest": 0}
    for _ in range(2):
        either.call("PATCH", "/api/v1/experiments/1", {"checkpointStorage": policy})
    assert [either.storage.exists(uuid) for uuid in checkpoints] == [False, True, True]
