"""Deleting the TensorBoard files of an experiment: a garbage collection task without checkpoints, waited for (master: api_experiment.go)."""
from __future__ import annotations

from typing import Any, Generator

from fakedet.domain.errors import Internal
from fakedet.services.call import Call
from fakedet.services.checkpoints.collecting import start_task
from fakedet.services.registry import rpc


@rpc("DeleteTensorboardFiles")
def delete_tensorboard_files(call: Call, request: Any) -> Generator[None, None, dict[str, Any]]:
    """Answered when the task has ended, which takes an agent."""
    experiment = call.db.experiments.row(request.experiment_id)
    if experiment is None:
        raise Internal("not found")
    task_id = call.world.ids.uuid()
    start_task(call.world, task_id, experiment["job_id"],
               {"experiment_id": experiment["id"], "storage_id": None, "checkpoints": [], "globs": [], "tensorboard": True})
    yield
    while not call.world.closed and call.db.tasks.one(task_id=task_id)["end_time"] is None:
        yield
    return {}
