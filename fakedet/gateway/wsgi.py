"""The WSGI application (Flask): fakedet's own routes by blueprint, everything else to the worlds, whatever its method or path."""
from __future__ import annotations

import gzip
from typing import Any

from flask import Flask, Response, request

from fakedet.gateway.control import control
from fakedet.gateway.http import HttpReply, HttpRequest
from fakedet.gateway.worlds import Worlds, split

OWN = "/__fakedet"
#: Replies below this size are not worth compressing.
SMALLEST_GZIP = 1024


def create_app(worlds: Worlds) -> Flask:
    """The application that serves `worlds`."""
    flask_app = Flask("fakedet", static_folder=None)
    flask_app.config["WORLDS"] = worlds
    flask_app.register_blueprint(control, url_prefix=OWN)
    flask_app.before_request(_answer_of_a_world)
    flask_app.wsgi_app = _OwnRoutesOfWorlds(flask_app.wsgi_app)  # type: ignore[method-assign]
    return flask_app


class _OwnRoutesOfWorlds:
    """Turns /w/<name>/__fakedet/... into /__fakedet/... and notes the world's name."""

    def __init__(self, inner: Any):
        self._inner = inner

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        name, rest = split(environ.get("PATH_INFO", ""))
        if name and rest.startswith(OWN + "/"):
            environ["fakedet.world"], environ["PATH_INFO"] = name, rest
            environ["REQUEST_URI"] = environ["RAW_URI"] = rest
        return self._inner(environ, start_response)


def _answer_of_a_world() -> Response | None:
    from flask import current_app

    if request.path.startswith(OWN + "/"):
        return None
    worlds: Worlds = current_app.config["WORLDS"]
    asked = _as_sent(request.environ)
    return _as_flask(asked, worlds.answer(asked))


def _as_sent(environ: dict[str, Any]) -> HttpRequest:
    target = environ.get("REQUEST_URI") or environ.get("RAW_URI") or environ["PATH_INFO"]
    path, _, query = target.partition("?")
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    return HttpRequest(environ["REQUEST_METHOD"], path, query, headers, request.get_data(cache=False))


def _as_flask(asked: HttpRequest, reply: HttpReply) -> Response:
    body: Any = reply.body
    response = Response(body, status=reply.status)
    del response.headers["Content-Type"]
    for name, value in reply.headers:
        response.headers.add(name, value)
    if isinstance(body, bytes) and len(body) >= SMALLEST_GZIP and _wants_gzip(asked):
        response.set_data(gzip.compress(body, compresslevel=1, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _wants_gzip(asked: HttpRequest) -> bool:
    return asked.path.startswith("/api/") and "gzip" in asked.headers.get("accept-encoding", "")
