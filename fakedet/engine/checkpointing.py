"""Checkpoints of synthetic trials: files into the experiment's storage first, then the report, as the real client does it."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.engine.frameworks.checkpoint_files import files_of
from fakedet.services.checkpoints import reporting
from fakedet.services.checkpoints.storages import settle_storage
from fakedet.storage.globs import EVERYTHING

if TYPE_CHECKING:
    from fakedet.store import Database
    from fakedet.world import World

Row = Mapping[str, Any]


def latest_step(db: "Database", trial_id: int) -> int:
    """The steps that the trial's latest checkpoint has completed; 0 without one."""
    steps = [checkpoint["metadata"].get("steps_completed") or 0 for checkpoint in db.checkpoints.rows(trial_id=trial_id)
             if checkpoint["state"] == "COMPLETED"]
    return int(max(steps, default=0))


def save_checkpoint(world: "World", trial: Row, allocation: Row, step: int) -> str:
    """Write the files of a checkpoint at `step` and report it; its uuid."""
    uuid = world.ids.uuid()
    experiment = world.db.experiments.row(trial["experiment_id"])
    storage = world.storages.backend(settle_storage(world, experiment))
    files, metadata = files_of(experiment["config"], trial, step, experiment["model_definition"])
    if storage.exists(uuid):  # of a future that a snapshot has undone
        storage.delete(uuid, [EVERYTHING])
    for path, content in files.items():
        storage.write(uuid, path, content)
    reporting.report(world, uuid=uuid, task_id=allocation["task_id"], allocation_id=allocation["allocation_id"],
                     report_time=world.now(), metadata=metadata, resources=storage.list(uuid), state="COMPLETED", storage_id=None)
    return uuid
