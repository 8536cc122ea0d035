"""The in-process transport: `requests` sessions of this process that ask a fakedet URL reach the worlds without a socket.

Only URLs of the given base are taken; all other requests, and the user's own mocks of them, are left alone.
"""
from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPHeaderDict
from urllib3.response import HTTPResponse

from fakedet.chunks import ChunkFile
from fakedet.gateway.http import HttpReply, HttpRequest

if TYPE_CHECKING:
    from fakedet.gateway.worlds import Worlds


class WorldsAdapter(BaseAdapter):
    """A `requests` transport straight into `worlds`."""

    def __init__(self, worlds: "Worlds"):
        super().__init__()
        self._worlds = worlds
        self._builder = HTTPAdapter()

    def send(self, request: requests.PreparedRequest, stream: bool = False, timeout: Any = None, verify: Any = True,
             cert: Any = None, proxies: Any = None) -> requests.Response:
        """Answer `request` as the socket would."""
        reply = self._worlds.answer(_as_sent(request))
        response = self._builder.build_response(request, _as_urllib3(request, reply))
        if not stream:
            response.content  # noqa: B018 - reads the body, as the real adapter's caller does
        return response

    def close(self) -> None:
        """Nothing is held open."""


class Interception:
    """While active, sessions of this process send requests for `base` through the adapter. Use it as a context manager."""

    def __init__(self, base: str, worlds: "Worlds"):
        self._base, self._adapter = base, WorldsAdapter(worlds)

    def __enter__(self) -> "Interception":
        original = self._original = requests.Session.get_adapter

        def get_adapter(session: requests.Session, url: str) -> BaseAdapter:
            return self._adapter if self._owns(url) else original(session, url)

        requests.Session.get_adapter = get_adapter  # type: ignore[method-assign,assignment]
        return self

    def __exit__(self, *_: object) -> None:
        requests.Session.get_adapter = self._original  # type: ignore[method-assign]

    def _owns(self, url: str) -> bool:
        return url.startswith(self._base) and url[len(self._base):][:1] in ("", "/", "?")


def _as_sent(request: requests.PreparedRequest) -> HttpRequest:
    path, _, query = request.path_url.partition("?")
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    headers.pop("accept-encoding", None)  # nothing is gained by compressing within a process
    return HttpRequest(request.method or "GET", path, query, headers, _body(request.body))


def _body(body: Any) -> bytes:
    if not body:
        return b""
    if isinstance(body, (bytes, str)):
        return body if isinstance(body, bytes) else body.encode()
    data = body.read() if hasattr(body, "read") else b"".join(body)
    return data if isinstance(data, bytes) else data.encode()


def _as_urllib3(request: requests.PreparedRequest, reply: HttpReply) -> HTTPResponse:
    body: Any = io.BytesIO(reply.body) if isinstance(reply.body, bytes) else io.BufferedReader(ChunkFile(reply.body))
    return HTTPResponse(body=body, headers=HTTPHeaderDict(reply.headers), status=reply.status, preload_content=False,
                        request_method=request.method)
