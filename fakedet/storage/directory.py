"""Storage of type directory: `<container_path>/<uuid>`, a path that tasks and clients see alike."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakedet.storage.base import StorageRefused
from fakedet.storage.folder import FolderStorage


class DirectoryStorage(FolderStorage):
    """Checkpoints in one directory."""

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> DirectoryStorage:
        if not config.get("container_path"):
            raise StorageRefused("directory checkpoint config is missing container_path")
        return cls(config["container_path"])
