"""Flat checkpoints: clients up to 0.15 build a storage of all settings that they find, so what is not set is not there."""
from __future__ import annotations

from fakedet.gateway.legacy.caller import FIRST, Caller
from fakedet.gateway.legacy.flat_checkpoint import flattened, storage_of

STORED = {"type": "s3", "bucket": "b", "prefix": None, "save_trial_best": 1}
MESSAGE = {"uuid": "u", "state": "STATE_COMPLETED", "resources": {}, "reportTime": "t", "metadata": {"steps_completed": 7, "mine": 1},
           "training": {"experimentConfig": {"name": "n", "checkpoint_storage": STORED}, "experimentId": 1, "trialId": 2, "hparams": {},
                        "validationMetrics": {"avgMetrics": {"loss": 1}}}}


def test_a_prefix_that_is_not_set_is_not_there() -> None:
    shown = flattened(MESSAGE, Caller(FIRST, (0, 17, 2)))
    assert shown["experimentConfig"]["checkpoint_storage"] == {"type": "s3", "bucket": "b", "save_trial_best": 1}


def test_what_is_set_stays() -> None:
    assert storage_of({"checkpoint_storage": {**STORED, "prefix": "p"}})["prefix"] == "p"


def test_steps_are_a_field_beside_the_users_metadata() -> None:
    shown = flattened(MESSAGE, Caller(FIRST, (0, 17, 2)))
    assert (shown["batchNumber"], shown["metadata"], shown["startTime"]) == (7, {"mine": 1}, "t")
