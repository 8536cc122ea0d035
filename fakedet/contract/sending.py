"""How recordings reach a master: straight into a world of this process, or over a socket."""
from __future__ import annotations

import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Mapping

from fakedet.contract.golden import Send
from fakedet.gateway import app
from fakedet.gateway.http import HttpRequest

if TYPE_CHECKING:
    from fakedet.world import World


def to_world(world: "World") -> Send:
    """Into `world`, with no socket between."""
    def send(method: str, target: str, headers: dict[str, str], body: bytes | None) -> tuple[int, Mapping[str, str], bytes]:
        path, _, query = target.partition("?")
        lowered = {name.lower(): value for name, value in headers.items()}
        reply = app.answer(world, HttpRequest(method, path, query, lowered, body or b""))
        data = reply.body if isinstance(reply.body, bytes) else b"".join(reply.body)
        return reply.status, dict(reply.headers), data
    return send


def to_url(base: str, timeout: float = 60) -> Send:
    """To the master at `base`."""
    def send(method: str, target: str, headers: dict[str, str], body: bytes | None) -> tuple[int, Mapping[str, str], bytes]:
        request = urllib.request.Request(base.rstrip("/") + target, data=body, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as reply:
                return reply.status, dict(reply.headers), reply.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read()
    return send
