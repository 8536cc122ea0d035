"""The routes outside /api/v1 that masters once had and 0.38.1 has no more, or answers otherwise."""
from __future__ import annotations

from fakedet.gateway.echo.routing import Route, Routes
from fakedet.gateway.http import HttpRequest
from fakedet.gateway.legacy.caller import Caller

_gone = Routes()
route = _gone.route
#: How a client that downloads an archive asks for it; without that, the route of the same path tells of the checkpoint.
ARCHIVES = ("application/gzip", "application/x-tar", "application/zip")


def find(request: HttpRequest, caller: Caller) -> tuple[Route, dict[str, str]] | None:
    """The route and its parameters; none where the route of today serves the caller."""
    if request.method == "GET" and request.path.startswith("/checkpoints/") and _wants_archive(request, caller):
        return None
    return _gone.find(request.method, request.path)


def _wants_archive(request: HttpRequest, caller: Caller) -> bool:
    return caller.may_be(0, 19, 5) and (not caller.is_old or request.headers.get("accept") in ARCHIVES)
