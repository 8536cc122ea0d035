"""The journal of a world: what was asked and how it was answered, the newest thousand, for tests and for `GET /__fakedet/journal`."""
from __future__ import annotations

import collections
from dataclasses import asdict, dataclass, field
from typing import Any, Iterator

KEPT = 1_000


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
        self._kept: collections.deque[Exchange] = collections.deque(maxlen=KEPT)
        self.unimplemented: collections.Counter[str] = collections.Counter()

    def begin(self, method: str, target: str, body: bytes) -> Exchange:
        """Note that a request came in."""
        exchange = Exchange(method, target, body)
        self._kept.append(exchange)
        return exchange

    def clear(self) -> None:
        """Forget all of them."""
        self._kept.clear()
        self.unimplemented.clear()

    def __iter__(self) -> Iterator[Exchange]:
        return iter(list(self._kept))

    def __len__(self) -> int:
        return len(self._kept)

    def __repr__(self) -> str:
        return "\n".join(f"{e.method} {e.target} -> {e.status}" for e in self._kept) or "<no exchanges>"
