"""A request and a reply as plain values, the same for the socket and for the in-process transport."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Iterable, Mapping, Union


def _never() -> bool:
    return False


@dataclass(frozen=True)
class HttpRequest:
    """What came in: `path` as it was sent (percent-encoded, without the world's prefix), `query` raw, header names in lower case.

    `has_left` tells whether the client has gone away without waiting for the whole reply.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    has_left: Callable[[], bool] = field(default=_never, compare=False)

    @property
    def target(self) -> str:
        """Path and query as in the request line."""
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass
class HttpReply:
    """What goes out. `body` is bytes, or an iterable of chunks for streams and archives."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: Union[bytes, Iterable[bytes]] = b""

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)
