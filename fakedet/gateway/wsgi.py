"""The WSGI application: fakedet's own routes by Flask, all others straight to the worlds, whatever their method or path."""
from __future__ import annotations

import gzip
import re
import selectors
import socket
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Iterable

from flask import Flask
from werkzeug.exceptions import ClientDisconnected
from werkzeug.wsgi import get_input_stream

from fakedet.gateway.control import control
from fakedet.gateway.framing import bad_request, refusal
from fakedet.gateway.http import HttpReply, HttpRequest
from fakedet.gateway.worlds import Worlds, split

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

OWN = "/__fakedet"
_ORIGIN = re.compile(r"^https?://[^/?]*")

Environ = dict[str, Any]


def create_app(worlds: Worlds) -> Flask:
    """The application that serves `worlds`."""
    flask_app = Flask("fakedet", static_folder=None)
    flask_app.config["WORLDS"] = worlds
    flask_app.register_blueprint(control, url_prefix=OWN)
    flask_app.wsgi_app = _Doorway(worlds, flask_app.wsgi_app)  # type: ignore[method-assign]
    return flask_app


class _Doorway:
    """Sends /__fakedet/... and /w/<name>/__fakedet/..., whose world it notes, to Flask; the master's routes need none of it."""

    def __init__(self, worlds: Worlds, own_routes: "WSGIApplication"):
        self._worlds, self._own_routes = worlds, own_routes

    def __call__(self, environ: Environ, start_response: "StartResponse") -> Iterable[bytes]:
        name, rest = split(environ.get("PATH_INFO", ""))
        if not rest.startswith(OWN + "/"):
            return _answered(self._worlds, environ, start_response)
        if name:
            environ["fakedet.world"], environ["PATH_INFO"] = name, rest
            environ["REQUEST_URI"] = environ["RAW_URI"] = rest
        return self._own_routes(environ, start_response)


def _answered(worlds: Worlds, environ: Environ, start_response: "StartResponse") -> Iterable[bytes]:
    refused = refusal(environ)
    if refused is not None:
        return _sent(refused, start_response)
    try:
        asked = _as_sent(environ)
    except ClientDisconnected as gone:
        raise ConnectionAbortedError("the client went before its request was whole") from gone
    except OSError:  # chunks without a length
        return _sent(bad_request(), start_response)
    return _sent(worlds.answer(asked), start_response, compressed=_wants_gzip(asked))


def _sent(reply: HttpReply, start_response: "StartResponse", *, compressed: bool = False) -> Iterable[bytes]:
    headers, body = list(reply.headers), reply.body
    if isinstance(body, bytes):
        if body and compressed:
            body = gzip.compress(body, compresslevel=1, mtime=0)
            headers.append(("Content-Encoding", "gzip"))
        if reply.header("Content-Length") is None:
            headers.append(("Content-Length", str(len(body))))
    start_response(_status_line(reply), headers)
    return [body] if isinstance(body, bytes) else body


def _as_sent(environ: Environ) -> HttpRequest:
    target = environ.get("REQUEST_URI") or environ.get("RAW_URI") or environ["PATH_INFO"]
    path, _, query = _as_text(target).partition("?")
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    body = get_input_stream(environ).read()
    return HttpRequest(environ["REQUEST_METHOD"], path, query, headers, body, partial(_has_left, environ.get("werkzeug.socket")))


def _has_left(connection: socket.socket | None) -> bool:
    """Whether the client has closed the connection, which reads then as at its end; its next request may wait there instead."""
    if connection is None:  # another WSGI server
        return False
    try:
        with selectors.DefaultSelector() as selector:
            selector.register(connection, selectors.EVENT_READ)
            return bool(selector.select(0)) and connection.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):  # reset, or closed on our side
        return True


def _as_text(target: str) -> str:
    """The target of the request line, which comes byte by byte, without the host that a proxy's client puts before it."""
    return _ORIGIN.sub("", target.encode("latin-1", "replace").decode("utf-8", "surrogateescape")) or "/"


def _status_line(reply: HttpReply) -> str:
    try:
        return f"{reply.status} {HTTPStatus(reply.status).phrase}"
    except ValueError:
        return f"{reply.status} Unknown"


def _wants_gzip(asked: HttpRequest) -> bool:
    return asked.path.startswith("/api/") and "gzip" in asked.headers.get("accept-encoding", "")
