"""From a checkpoint_storage config to the backend that has its files.

Mirrors the client's `storage.build` and the master's `NewDownloader`: one union of types, each with its own keys. Azure is
refused by name.
"""
from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fakedet.storage.base import CheckpointStorage, StorageRefused
from fakedet.storage.damage import Damage
from fakedet.storage.directory import DirectoryStorage
from fakedet.storage.embedded_gcs import gcs_url
from fakedet.storage.embedded_s3 import EmbeddedS3
from fakedet.storage.memory import Files, MemoryStorage
from fakedet.storage.shared_fs import SharedFsStorage

#: The folder of worlds in memory. Nobody can make it, not even root: a client that uploads there is told at once.
MEMORY_FOLDER = "/dev/null/fakedet-memory"


class Storages:
    """The backends of one world.

    `kind` is the world's setting `storage`; `root` gives the folder of checkpoints that name no place of their own, and is asked only when
    that folder is needed. `s3` is the world's own S3 server, for buckets whose config names no endpoint; its objects
    outlive the process in `s3_folder`.
    """

    def __init__(self, kind: str, root: Callable[[], Path], s3_folder: Path | None = None):
        self.kind = kind
        self.damage = Damage()
        self.s3 = EmbeddedS3(s3_folder, self.damage)
        self._root = root
        self._files: Files = {}
        self._opened: dict[tuple[tuple[str, str], ...], CheckpointStorage] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<Storages {self.kind} opened={list(self._opened.values())}>"

    def default_config(self) -> dict[str, Any]:
        """The checkpoint_storage of experiments that name none."""
        if self.kind == "s3":
            return {"type": "s3", "bucket": self.s3.default_bucket, **self.s3.access()}
        if self.kind == "directory":
            return {"type": "directory", "container_path": str(self._root())}
        return {"type": "shared_fs", "host_path": MEMORY_FOLDER if self.kind == "memory" else str(self._root())}

    def served(self, config: Mapping[str, Any]) -> Mapping[str, Any]:
        """The config with all that a client needs to reach its files: a bucket without endpoint is one of the world's own S3.

        Clients of gcs are led by their environment, which is that of this process where it has started them.
        """
        if config.get("type") == "gcs":
            with contextlib.suppress(StorageRefused):
                gcs_url()
        if config.get("type") != "s3" or config.get("endpoint_url"):
            return config
        return {**config, **self.s3.access()}

    def backend(self, config: Mapping[str, Any]) -> CheckpointStorage:
        """The backend of a checkpoint_storage config, the same one for the same config; raises StorageRefused."""
        config = self.served(config)
        if config.get("type") == "s3":
            self.s3.resume()
        key = tuple(sorted((name, repr(value)) for name, value in config.items()))
        with self._lock:
            if key not in self._opened:
                self._opened[key] = self._open(config)
            return self._opened[key]

    def close(self) -> None:
        """Stop what was started for this world."""
        self.damage.heal_all()
        self.s3.close()

    def _open(self, config: Mapping[str, Any]) -> CheckpointStorage:
        if config.get("type") == "s3":
            return _bucket(config, self.s3)
        backend = self._in_files(open_storage(config))
        backend.damage = self.damage
        return backend

    def _in_files(self, backend: CheckpointStorage) -> CheckpointStorage:
        if self.kind == "memory" and isinstance(backend, (SharedFsStorage, DirectoryStorage)):
            return MemoryStorage(backend.folder, self._files, backend)
        return backend


def open_storage(config: Mapping[str, Any]) -> CheckpointStorage:
    """The backend of a checkpoint_storage config by its type; raises StorageRefused."""
    kind = config.get("type")
    if kind == "shared_fs":
        return SharedFsStorage.from_config(config)
    if kind == "directory":
        return DirectoryStorage.from_config(config)
    if kind == "s3":
        return _bucket(config)
    if kind == "azure":
        raise StorageRefused("checkpoint download via master is not supported for azure")
    if kind == "gcs":
        from fakedet.storage.gcs import GcsStorage

        return GcsStorage(config)
    raise StorageRefused(f"Unknown storage type: {kind}")


def _bucket(config: Mapping[str, Any], own: EmbeddedS3 | None = None) -> CheckpointStorage:
    from fakedet.storage.s3 import S3Storage

    return S3Storage(config, own if own and own.is_at(config.get("endpoint_url") or "") else None)
