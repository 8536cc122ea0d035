"""Routes outside /api/v1, as the master's echo server answers them: `{"message": ...}` errors, sign-in before everything but the open ones.

Each family has its room here, as in services; a function registers itself with `@route` and gets (call, EchoRequest).
"""
from __future__ import annotations

import functools
import importlib
import pkgutil
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from fakedet.exchanges import Exchange
from fakedet.gateway import auth, errors
from fakedet.gateway.echo.routing import EchoRequest, Route, find, route
from fakedet.gateway.http import HttpReply, HttpRequest
from fakedet.services.call import Call

if TYPE_CHECKING:
    from fakedet.world import World

__all__ = ["EchoRequest", "answer", "owns", "route"]
#: What needs no sign-in, whatever the method, and so is not found rather than unauthorized (master: user/service.go).
OPEN_TARGETS = re.compile(r"/|/info|/login|/task-logs|/agents(\?id=.*)?|/det(/.*)?|/docs/.*")


def owns(request: HttpRequest) -> bool:
    """Whether a path under /api/v1 belongs to the echo server after all (the API's own description)."""
    return request.path == "/api/v1/api.swagger.json"


def answer(world: "World", request: HttpRequest, exchange: Exchange) -> HttpReply:
    """The reply to a request outside /api/v1."""
    from fakedet.gateway.app import as_master_error

    _load_rooms()
    found = find(request.method, request.path)
    if found:
        return served(world, request, exchange, *found)
    try:
        return _unknown(world, request, exchange)
    except Exception as error:  # whatever went wrong is one reply
        return errors.echo_error_reply(as_master_error(world, error, request))


def served(world: "World", request: HttpRequest, exchange: Exchange, chosen: Route, parameters: dict[str, str]) -> HttpReply:
    """The reply of a route that was found."""
    from fakedet.gateway.app import as_master_error

    try:
        return _served(world, request, exchange, chosen, parameters)
    except Exception as error:  # whatever went wrong is one reply
        return errors.echo_error_reply(as_master_error(world, error, request))


def _served(world: "World", request: HttpRequest, exchange: Exchange, chosen: Route, parameters: dict[str, str]) -> HttpReply:
    from fakedet.gateway.app import within_transaction

    call = Call(world, headers=request.headers, notices=exchange.notices)
    if not chosen.open:
        _sign_in(call, exchange)
    with world.lock:
        world.clock.tick()
    if chosen.unlocked:
        return chosen.function(call, EchoRequest(request, parameters))
    return within_transaction(world, lambda: chosen.function(call, EchoRequest(request, parameters)))


def _unknown(world: "World", request: HttpRequest, exchange: Exchange) -> HttpReply:
    if not OPEN_TARGETS.fullmatch(request.target):
        _sign_in(Call(world, headers=request.headers), exchange)
    return errors.echo_reply(404, f"api not found: {request.method} {unquote(request.path)}")


def _sign_in(call: Call, exchange: Exchange) -> None:
    with call.world.lock:
        call.user, call.token = auth.authenticate_outside_api(call.world, call.headers)
    exchange.user = call.user["username"]


@functools.cache
def _load_rooms() -> None:
    for module in pkgutil.iter_modules(__path__, __name__ + "."):
        importlib.import_module(module.name)
