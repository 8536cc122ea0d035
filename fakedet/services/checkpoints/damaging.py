"""Damage done to the files of a checkpoint on purpose, for tests of what clients make of it.

What is on record stays as it is. A lost, shortened or altered file is so for everybody; a slow storage keeps waiting who comes through the
master or the embedded S3, for nothing slows down a folder that a client reads by itself.
"""
from __future__ import annotations

import glob
from typing import TYPE_CHECKING, Any

from fakedet.domain.errors import InvalidArgument
from fakedet.services.checkpoints import finding
from fakedet.services.checkpoints.storages import storage_config
from fakedet.storage.base import CheckpointStorage

if TYPE_CHECKING:
    from fakedet.world import World


#: What may be asked for by name.
DEEDS = ("lose", "truncate", "corrupt", "slow", "deny", "heal")


class CheckpointDamage:
    """What can be done to one checkpoint's files; raises the storage's own errors, and NotFound."""

    def __init__(self, world: "World", uuid: str):
        self._world = world
        self._view = finding.checkpoint(world.db, uuid)
        self._uuid = self._view.uuid

    def read(self, path: str) -> bytes:
        """A file's content."""
        return b"".join(self._storage().read(self._uuid, path))

    def files(self) -> dict[str, int]:
        """What is in the storage, not what is on record."""
        return self._storage().list(self._uuid)

    def lose(self, path: str) -> None:
        """A file, or a directory `name/` with all that is in it, is gone."""
        self._storage().delete(self._uuid, [glob.escape(path)])

    def truncate(self, path: str, size: int | None = None) -> None:
        """Only the first `size` bytes of a file are there; without a size the first half."""
        content = self.read(path)
        self._storage().write(self._uuid, path, content[: len(content) // 2 if size is None else size])

    def corrupt(self, path: str) -> None:
        """A file of the same length with a wrong byte in its middle, which checksums do not know of."""
        content = bytearray(self.read(path))
        if content:
            content[len(content) // 2] ^= 0xFF
        self._storage().overwrite(self._uuid, path, bytes(content))

    def slow(self, seconds: float) -> None:
        """Every access takes `seconds` of real time longer."""
        self._world.storages.damage.slow(self._uuid, seconds)

    def deny(self) -> None:
        """Nobody gets at the files, not the master either."""
        self._world.storages.damage.deny(self._uuid, self._storage().shut(self._uuid))

    def heal(self) -> None:
        """Fast and open again; bytes that are gone stay gone."""
        self._world.storages.damage.heal(self._uuid)

    def _storage(self) -> CheckpointStorage:
        if self._view.row["storage_id"] is None and self._view.experiment is None:
            raise InvalidArgument(f"checkpoint {self._uuid} has outlived its experiment: nobody knows where its files are")
        place: Any = storage_config(self._world.db, self._view.row["storage_id"], self._view.experiment or {})
        return self._world.storages.backend(place)
