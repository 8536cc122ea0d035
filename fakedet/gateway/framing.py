"""Requests that are no good HTTP, refused before anything of fakedet's sees them, as the master's HTTP server does (Go's net/http)."""
from __future__ import annotations

from typing import Any, Callable, Mapping

from fakedet.gateway.http import HttpReply

Environ = Mapping[str, Any]


def refusal(environ: Environ) -> HttpReply | None:
    """What a request is told that is not served at all; None for all others. The connection ends with it."""
    return next((reply() for applies, reply in _RULES if applies(environ)), None)


def bad_request(problem: str = "") -> HttpReply:
    """HTTP 400 in words."""
    return _plain(400, f"400 Bad Request: {problem}" if problem else "400 Bad Request")


def _plain(status: int, text: str) -> HttpReply:
    headers = [("Content-Type", "text/plain; charset=utf-8")] if text else []
    return HttpReply(status, [*headers, ("Connection", "close")], text.encode())


def _has_no_host(environ: Environ) -> bool:
    return environ.get("SERVER_PROTOCOL") == "HTTP/1.1" and "HTTP_HOST" not in environ


def _has_two_hosts(environ: Environ) -> bool:
    return "," in environ.get("HTTP_HOST", "")


def _has_no_length(environ: Environ) -> bool:
    """Two different ones come as one with a comma."""
    lengths = {length.strip() for length in (environ.get("CONTENT_LENGTH") or "0").split(",")}
    return len(lengths) > 1 or not all(length.isascii() and length.isdigit() for length in lengths)


def _is_coded(environ: Environ) -> bool:
    return environ.get("HTTP_TRANSFER_ENCODING", "chunked").lower() != "chunked"


def _expects_too_much(environ: Environ) -> bool:
    return environ.get("HTTP_EXPECT", "100-continue").lower() != "100-continue"


def _is_about_the_server(environ: Environ) -> bool:
    return environ["REQUEST_METHOD"] == "OPTIONS" and environ.get("REQUEST_URI") == "*"


_RULES: tuple[tuple[Callable[[Environ], bool], Callable[[], HttpReply]], ...] = (
    (_has_no_host, lambda: bad_request("missing required Host header")),
    (_has_two_hosts, bad_request),
    (_is_coded, lambda: _plain(501, "Unsupported transfer encoding")),
    (_has_no_length, bad_request),
    (_is_about_the_server, lambda: _plain(200, "")),
    (_expects_too_much, lambda: _plain(417, "")),
)
