"""Chunks of bytes as a file: what is made piece by piece is read piece by piece."""
from __future__ import annotations

import io
from typing import Any, Iterable, Iterator


class ChunkFile(io.RawIOBase):
    """A file to be read once from front to back; a chunk is asked for when it is needed."""

    def __init__(self, chunks: Iterable[bytes]):
        self._chunks: Iterator[bytes] = iter(chunks)
        self._rest = b""

    def readable(self) -> bool:
        """It is all that it can."""
        return True

    def readinto(self, buffer: Any) -> int:
        """At most the rest of the current chunk; 0 at the end."""
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = chunk
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count
