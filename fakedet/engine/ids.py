"""Ids that the master would draw at random (uuids, token secrets), drawn from the seed of the world instead."""
from __future__ import annotations

import hashlib
import uuid
from typing import Callable


class Ids:
    """A reproducible stream of ids: the same seed and the same calls give the same ids.

    `count` hands out 1, 2, 3, ... and belongs to the store, so that ids go on where they stopped after a restart or a restore.
    """

    def __init__(self, seed: int, count: Callable[[], int]):
        self._seed, self._count = seed, count

    def uuid(self) -> str:
        """A version 4 uuid."""
        return str(uuid.UUID(bytes=self._draw("uuid")[:16], version=4))

    def secret(self) -> str:
        """64 hexadecimal digits that nobody guesses unless they know the seed."""
        return self._draw("secret").hex()

    def number(self, below: int) -> int:
        """A whole number from 0 to `below` - 1."""
        return int.from_bytes(self._draw("number")[:16], "big") % below

    def _draw(self, purpose: str) -> bytes:
        return hashlib.blake2b(f"{self._seed}/{purpose}/{self._count()}".encode(), digest_size=32).digest()
