"""Files that were removed after a snapshot of the world was taken, so that going back to it brings them back.

A snapshot refers to the files of its checkpoints where they are. Only what garbage collection removes of them is kept, in memory,
until the world is closed; files of checkpoints that came later stay where they are, unlisted.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.services.checkpoints.storages import storage_config
from fakedet.storage.base import CheckpointStorage, FilesMissing
from fakedet.storage.globs import survivors
from fakedet.storage.memory import MemoryStorage

if TYPE_CHECKING:
    from fakedet.store.snapshot import Snapshot
    from fakedet.world import World

Row = Mapping[str, Any]
_ALWAYS_THERE = "metadata.json"


class KeptFiles:
    """The removed files of one world by checkpoint."""

    def __init__(self, world: "World"):
        self._world = world
        self._files = MemoryStorage()
        self._uuids: set[str] = set()
        self._last_covered = 0

    def cover(self, snapshot: "Snapshot") -> None:
        """From now on keep what the checkpoints of this snapshot lose."""
        self._last_covered = max(self._last_covered, snapshot.state.sequences.get("checkpoints", 0))

    def keep(self, storage: CheckpointStorage, row: Row, globs: list[str]) -> None:
        """The files that match are about to be removed."""
        if row["id"] > self._last_covered or not storage.exists(row["uuid"]):
            return
        listing = storage.list(row["uuid"])
        for path in listing.keys() - survivors(listing, globs).keys():
            self._files.write(row["uuid"], path, b"" if path.endswith("/") else storage.read(row["uuid"], path))
            self._uuids.add(row["uuid"])

    def put_back(self) -> None:
        """The world is as it was at some snapshot: so are the files that its checkpoints have on record."""
        for uuid in self._uuids:
            row = self._world.db.checkpoints.one(uuid=uuid)
            if row is not None and row["state"] != "DELETED":
                self._put_back(row)

    def _put_back(self, row: Row) -> None:
        db, uuid = self._world.db, row["uuid"]
        trial = db.trials.row(row["trial_id"])
        storage = self._world.storages.backend(storage_config(db, row["storage_id"], db.experiments.row(trial["experiment_id"])))
        for path in self._files.list(uuid).keys() - _listed(storage, uuid).keys():
            if path in row["resources"] or path == _ALWAYS_THERE:
                storage.write(uuid, path, b"" if path.endswith("/") else self._files.read(uuid, path))


def _listed(storage: CheckpointStorage, uuid: str) -> Mapping[str, int]:
    try:
        return storage.list(uuid)
    except FilesMissing:
        return {}
