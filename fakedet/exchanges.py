"""The journal of a world: what was asked and how it was answered, for tests and for `GET /__fakedet/journal`.

It has the newest thousand, or fewer if their bodies together would take more than 16 MiB: contexts of experiments may be large.
"""
from __future__ import annotations

import collections
import threading
from dataclasses import asdict, dataclass, field
from typing import Any, Iterator

KEPT, KEPT_BYTES = 1_000, 16 * 2**20


@dataclass
class Exchange:
    """One request and its answer. `rpc` is empty for routes outside /api/v1; `notices` name the differences from the real master that it met."""

    method: str
    target: str
    body: bytes = field(default=b"", repr=False)
    rpc: str = ""
    user: str = ""
    status: int = 0
    notices: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The exchange as JSON, its body as text."""
        return {**asdict(self), "body": self.body.decode("utf-8", "replace")}


class Exchanges:
    """The newest exchanges, oldest first, and a count of the operations that were refused because fakedet lacks them."""

    def __init__(self) -> None:
        self._kept: collections.deque[Exchange] = collections.deque()
        self._bytes = 0
        self._lock = threading.Lock()
        self.unimplemented: collections.Counter[str] = collections.Counter()

    def begin(self, method: str, target: str, body: bytes) -> Exchange:
        """Note that a request came in."""
        exchange = Exchange(method, target, body)
        with self._lock:
            self._kept.append(exchange)
            self._bytes += len(body)
            while len(self._kept) > KEPT or (self._bytes > KEPT_BYTES and len(self._kept) > 1):
                self._bytes -= len(self._kept.popleft().body)
        return exchange

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0
        self.unimplemented.clear()

    def __iter__(self) -> Iterator[Exchange]:
        with self._lock:
            return iter(list(self._kept))

    def __len__(self) -> int:
        return len(self._kept)

    def __repr__(self) -> str:
        return "\n".join(f"{e.method} {e.target} -> {e.status}" for e in self) or "<no exchanges>"
