"""Clients older than 0.38.1, apart from all else: this folder could be deleted, and `answer` taken out of gateway/app.py.

Three kinds of differences: routes that are gone (echo_*.py, graphql/), requests and replies under /api/v1 that were shaped otherwise
(api_*.py), and what an old master said that no request tells apart (`told.py`: only with the setting `client`).
"""
from __future__ import annotations

import functools
import importlib
import pkgutil
from typing import TYPE_CHECKING

from fakedet.exchanges import Exchange
from fakedet.gateway import echo, errors
from fakedet.gateway.http import HttpReply, HttpRequest
from fakedet.gateway.legacy.asking import Ask, translated
from fakedet.gateway.legacy.caller import TODAY, caller_of, mark_token, without_mark
from fakedet.gateway.legacy.habits import Habits
from fakedet.gateway.legacy.routing import find

if TYPE_CHECKING:
    from typing import Callable

    from fakedet.world import World

    Newer = Callable[[World, HttpRequest, Exchange], HttpReply]


def answer(world: "World", request: HttpRequest, exchange: Exchange, newer: "Newer") -> HttpReply:
    """The reply to any request; those of today's clients go to `newer` as they are."""
    caller, plain = caller_of(request, world.settings.client), without_mark(request)
    if caller.oldest == TODAY:
        return newer(world, plain, exchange)
    if not caller.told and not caller.is_old:
        caller = world.the(Habits).narrowed(caller, plain)
    _load_rooms()
    found = None if request.path.startswith("/api/") else find(plain, caller)
    if found:
        return echo.served(world, plain, exchange, *found)
    reply = _translated(Ask(world, plain, caller, {}, lambda sent: newer(world, sent, exchange)))
    return mark_token(request, reply) if request.path == "/login" and not caller.told else reply


def _translated(ask: Ask) -> HttpReply:
    from fakedet.gateway.app import as_master_error

    try:
        return translated(ask)
    except Exception as error:  # a translation went wrong: one reply, as for everything else
        return errors.unary_reply(as_master_error(ask.world, error, ask.request))


@functools.cache
def _load_rooms() -> None:
    for module in pkgutil.walk_packages(__path__, __name__ + "."):
        importlib.import_module(module.name)
