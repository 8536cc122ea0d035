"""Deleting TensorBoard files is a task of the experiment's job."""
from __future__ import annotations


def test_the_call_waits_for_its_task(training):
    training.create()
    assert training.call("DELETE", "/experiments/1/tensorboard-files") == {}
    [task] = training.world.db.tasks.rows(type="CHECKPOINT_GC")
    assert task["job_id"] == training.show()["jobId"] and task["end_time"] is not None


def test_an_experiment_that_is_not_there_has_none(training):
    assert training.refusal("DELETE", "/experiments/9/tensorboard-files") == "500 not found"
