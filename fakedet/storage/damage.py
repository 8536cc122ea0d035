"""What is wrong on purpose with the storage of some checkpoints: it is slow, or it lets nobody in.

Folders and memory ask here whenever a checkpoint is named to them, the embedded S3 with each request about one.
"""
from __future__ import annotations

import time
from collections.abc import Callable


class Damage:
    """The damage of one world's storages, by checkpoint."""

    def __init__(self) -> None:
        self._delays: dict[str, float] = {}
        self._denied: dict[str, Callable[[], None]] = {}

    def slow(self, uuid: str, seconds: float) -> None:
        """From now on every access takes so much longer."""
        self._delays[uuid] = seconds

    def deny(self, uuid: str, undo: Callable[[], None]) -> None:
        """From now on nobody gets at the files; `undo` is called when that is over."""
        self._denied[uuid] = undo

    def heal(self, uuid: str) -> None:
        """All is well again with the checkpoint's storage."""
        self._delays.pop(uuid, None)
        self._denied.pop(uuid, lambda: None)()

    def heal_all(self) -> None:
        """All is well with every checkpoint's storage."""
        for uuid in [*self._delays, *self._denied]:
            self.heal(uuid)

    def admits(self, uuid: str) -> bool:
        """Whether the files are to be had; the answer takes as long as the storage is slow."""
        if uuid in self._delays:
            time.sleep(self._delays[uuid])
        return uuid not in self._denied
