"""Garbage collection tasks at work: files go, what is left of each checkpoint is noted.

First the rows are committed, then the files are removed, then the task is ended. A crash between leaves files and an open
task, which is executed anew; it never leaves a checkpoint that is listed with files that are gone. Files are looked at and
removed without the world's lock: what happens meanwhile is checked again before it is put on record.
"""
from __future__ import annotations

import logging
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Callable, ContextManager, Iterator, Mapping

from fakedet.services.checkpoints.changing import put_back, set_files
from fakedet.services.checkpoints.keeping import KeptFiles
from fakedet.services.checkpoints.registered import is_registered
from fakedet.services.checkpoints.storages import storage_config
from fakedet.services.logs.writing import append
from fakedet.services.master.identity import cluster_id
from fakedet.storage.base import CheckpointStorage, FilesMissing, StorageError, StorageRefused
from fakedet.storage.globs import survivors

if TYPE_CHECKING:
    from fakedet.store import Database
    from fakedet.world import World

log = logging.getLogger("fakedet.gc")
Row = Mapping[str, Any]


def execute(world: "World", task: Row) -> None:
    """Do what the task is for, all of it; called outside of transactions and without the world's lock.

    An unplanned failure ends the task too. A world that is closed or set back meanwhile no longer has the task.
    """
    try:
        TaskAtWork(world, task).run()
    except Exception as error:
        with world.lock:
            if world.closed or world.db.tasks.row(task["id"]) is None:
                return
            log.exception("garbage collection task %s failed", task["task_id"])
            world.failures.append(error)
            world.db.tasks.change(task["id"], end_time=world.now())


def has_open_tasks(db: "Database", experiment_id: int) -> bool:
    """Whether checkpoints of the experiment are still to be deleted."""
    waiting = db.tasks.rows(type="CHECKPOINT_GC", end_time=None)
    return any(task["config"]["experiment_id"] == experiment_id for task in waiting)


class TaskAtWork:
    """One task while it is executed. What cannot be removed stays as it is, on record too, and the log says why."""

    def __init__(self, world: "World", task: Row):
        self._world, self._task, self._db = world, task, world.db
        self._globs: list[str] = task["config"]["globs"]
        self._lines: list[tuple[str, str]] = []

    def run(self) -> None:
        """Files that stay, rows, files that go, end."""
        failed: list[Row] = []
        try:
            storage = self._storage()
            left = self._left(storage)
            with self._hidden():
                with self._db.transaction():
                    noted = self._note(left)
                failed = self._remove_files(storage, noted)
                self._remove_event_files(storage)
        except StorageError as error:
            self._say("ERROR", str(error))
        with self._db.transaction():
            for row in failed:
                put_back(self._db, row)
            self._end()
            self._go_on_deleting()

    def _hidden(self) -> ContextManager[Any]:
        """With local trials no request waits for the task: its rows must not tell of files as gone that are still there."""
        return self._world.lock if self._world.settings.trials == "local" else nullcontext()

    def _storage(self) -> CheckpointStorage:
        config = self._task["config"]
        with self._world.lock:
            experiment = self._db.experiments.row(config["experiment_id"])
            if experiment is None:
                raise StorageRefused(f"experiment {config['experiment_id']} is gone")
            place = storage_config(self._db, config["storage_id"], experiment)
        return self._world.storages.backend(place)

    def _left(self, storage: CheckpointStorage) -> dict[str, dict[str, int]]:
        """By checkpoint, the files that no glob matches; without those checkpoints that cannot be listed."""
        with self._world.lock:
            rows = list(self._checkpoints())
        self._say("INFO", f"Deleting {len(rows)} checkpoints")
        left = {row["uuid"]: self._tried(row, _left, storage, row["uuid"], self._globs) for row in rows}
        return {uuid: files for uuid, files in left.items() if files is not None}

    def _note(self, left: Mapping[str, dict[str, int]]) -> list[Row]:
        """Put on record what is left; the rows as they were."""
        rows = [row for row in self._checkpoints() if row["uuid"] in left]
        for row in rows:
            set_files(self._db, row, left[row["uuid"]])
        return rows

    def _checkpoints(self) -> Iterator[Row]:
        """Those of the task that still are, without those that have become versions of models while it waited."""
        for uuid in self._task["config"]["checkpoints"]:
            row = self._db.checkpoints.one(uuid=uuid)
            if row is not None and not is_registered(self._db, uuid):
                yield row

    def _remove_files(self, storage: CheckpointStorage, rows: list[Row]) -> list[Row]:
        """Those whose files could not be removed."""
        for row in rows:
            self._say("INFO", f"Deleting checkpoint {row['uuid']}")
        return [row for row in rows if self._tried(row, self._remove, storage, row) is None]

    def _remove(self, storage: CheckpointStorage, row: Row) -> dict[str, int]:
        self._world.the(KeptFiles).keep(storage, row, self._globs)
        return storage.delete(row["uuid"], self._globs)

    def _remove_event_files(self, storage: CheckpointStorage) -> None:
        """Those for TensorBoard, which trials put beside their checkpoints, in a folder that the cluster's id names."""
        with self._world.lock:
            cluster = cluster_id(self._world)
        if self._task["config"].get("tensorboard") and storage.exists(cluster):
            storage.delete(cluster, [f"tensorboard/experiment/{self._task['config']['experiment_id']}"])

    def _tried(self, row: Row, deed: Callable[..., dict[str, int]], *arguments: Any) -> dict[str, int] | None:
        """What the deed gives, or None and a line in the log."""
        try:
            return deed(*arguments)
        except StorageError as error:
            self._say("ERROR", f"checkpoint {row['uuid']}: {error}")
            return None

    def _say(self, level: str, text: str) -> None:
        self._lines.append((level, text))

    @property
    def _exit_code(self) -> int:
        return int(any(level == "ERROR" for level, _ in self._lines))

    def _end(self) -> None:
        now, task_id = self._world.now(), self._task["task_id"]
        allocation = self._db.allocations.one(task_id=task_id)
        assert allocation is not None  # made with the task
        shared = {"timestamp": now, "source": "task", "stdtype": "stdout", "allocation_id": allocation["allocation_id"]}
        append(self._world, task_id, ({"log": text, "level": level, **shared} for level, text in self._lines))
        self._db.allocations.change(allocation["id"], state="TERMINATED", end_time=now, status_code=self._exit_code,
                                    is_ready=True)
        self._db.tasks.change(self._task["id"], end_time=now)

    def _go_on_deleting(self) -> None:
        """An experiment that is being deleted goes with the last of its tasks, or stays if one of them failed."""
        from fakedet.services.experiments.deleting import remove_rows

        experiment = self._db.experiments.row(self._task["config"]["experiment_id"])
        if experiment is None or experiment["state"] != "DELETING":
            return
        if self._exit_code:
            self._db.experiments.change(experiment["id"], state="DELETE_FAILED")
        elif not has_open_tasks(self._db, experiment["id"]):
            remove_rows(self._db, experiment)


def _left(storage: CheckpointStorage, uuid: str, globs: list[str]) -> dict[str, int]:
    try:
        return survivors(storage.list(uuid), globs)
    except FilesMissing:
        return {}
