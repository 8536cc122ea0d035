"""Deleting TensorBoard files is a task of the experiment's job."""
from __future__ import annotations

from pathlib import Path

import pytest


def event_file(training, experiment_id: int) -> Path:
    """A file as a trial of that experiment writes it."""
    root = Path(training.world.storages.default_config()["host_path"])
    path = root / training.get("/master")["clusterId"] / "tensorboard" / "experiment" / str(experiment_id) / "trial" / "1" / "events.out.tfevents"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"event")
    return path


@pytest.mark.parametrize("method, path, body", [
    ("DELETE", "/experiments/1/tensorboard-files", None),
    ("PATCH", "/experiments/1", {"checkpointStorage": {"saveExperimentBest": 0, "saveTrialBest": 0, "saveTrialLatest": 0}}),
    ("DELETE", "/experiments/1", None),
])
def test_the_experiments_event_files_go_and_those_of_others_stay(training, method, path, body):
    training.create(activate=True)
    mine, other = event_file(training, 1), event_file(training, 2)
    training.call(method, path, body)
    assert (mine.exists(), other.exists()) == (False, True)


def test_the_call_waits_for_its_task(training):
    training.create()
    assert training.call("DELETE", "/experiments/1/tensorboard-files") == {}
    [task] = training.world.db.tasks.rows(type="CHECKPOINT_GC")
    assert task["job_id"] == training.show()["jobId"] and task["end_time"] is not None


def test_an_experiment_that_is_not_there_has_none(training):
    assert training.refusal("DELETE", "/experiments/9/tensorboard-files") == "500 not found"
