"""Storage of type shared_fs: `<host_path>[/<storage_path>]/<uuid>`, seen by tasks under /determined_shared_fs.

Mirrors the client's rules for storage_path (common/storage/shared.py) and the master's choice between the two places
(expconf/storage_config.go). Paths of the user's config are taken as they are, since the real client reads them there.
"""
from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from fakedet.storage.base import StorageRefused
from fakedet.storage.folder import FolderStorage

CONTAINER_PATH = "/determined_shared_fs"


class SharedFsStorage(FolderStorage):
    """Checkpoints in a file system that everybody shares."""

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> SharedFsStorage:
        host_path, storage_path = _host_path(config), _storage_path(config)
        if storage_path is None:
            return cls(host_path, CONTAINER_PATH)
        place = os.path.normpath(os.path.join(host_path, storage_path))
        if not place.startswith(os.path.normpath(host_path)):
            raise StorageRefused("storage path must be a subdirectory of host path.")
        return cls(place, os.path.normpath(os.path.join(CONTAINER_PATH, os.path.relpath(place, host_path))))


def _host_path(config: Mapping[str, Any]) -> str:
    if not config.get("host_path"):
        raise StorageRefused("shared_fs config is missing host_path")
    return str(config["host_path"])


def _storage_path(config: Mapping[str, Any]) -> str | None:
    """The keys of old configs count only where there is no key storage_path; its null switches them off."""
    old = config.get("tensorboard_path", config.get("checkpoint_path"))
    path: str | None = config.get("storage_path", old)
    return path
