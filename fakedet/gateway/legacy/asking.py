"""A request of an old client on its way to today's gateway, and the translations it passes on the way there and back."""
from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Callable
from urllib.parse import parse_qsl, unquote, urlencode

from fakedet.gateway.echo.routing import pattern_of
from fakedet.gateway.encode import dump
from fakedet.gateway.http import HttpReply, HttpRequest
from fakedet.gateway.legacy.caller import Caller

if TYPE_CHECKING:
    from fakedet.world import World

Pairs = list[tuple[str, str]]
Onward = Callable[[HttpRequest], HttpReply]
Translate = Callable[["Ask"], HttpReply]


@dataclass(frozen=True)
class Ask:
    """A request, who sends it, the values of its path's parameters, and the way onward."""

    world: "World"
    request: HttpRequest
    caller: Caller
    parameters: dict[str, str]
    onward: Onward

    @property
    def query(self) -> Pairs:
        """The query as pairs."""
        return parse_qsl(self.request.query, keep_blank_values=True)

    def asked(self) -> HttpReply:
        """What the newer master says to the request as it is."""
        return self.onward(self.request)

    def asked_with(self, **changes: Any) -> HttpReply:
        """The same with another method, path or body (JSON), or with another query (pairs)."""
        if "query" in changes:
            changes["query"] = urlencode(changes["query"])
        if "body" in changes:
            changes["body"] = json.dumps(changes["body"]).encode()
        return self.onward(dataclasses.replace(self.request, **changes))

    def sent(self) -> Any:
        """The body as JSON; None if it is none."""
        try:
            return json.loads(self.request.body)
        except ValueError:
            return None


@dataclass(frozen=True)
class Translation:
    """What is different for some callers on some paths."""

    method: str
    pattern: re.Pattern[str]
    concerns: Callable[[Caller], bool]
    translate: Translate


_translations: list[Translation] = []


def translation(method: str, path: str, concerns: Callable[[Caller], bool] = lambda caller: caller.is_old) -> Callable[[Translate], Translate]:
    """Register the decorated function for `method` (* for any) and `path`. The first registered is the first to see a request."""
    def register(translate: Translate) -> Translate:
        _translations.append(Translation(method, pattern_of(path), concerns, translate))
        return translate
    return register


def translated(ask: Ask) -> HttpReply:
    """The reply to a request that passes all translations that concern it."""
    return _from(0, ask, ask.request)


def _from(position: int, ask: Ask, request: HttpRequest) -> HttpReply:
    """Send `request` through the translations from `position` on."""
    for number in range(position, len(_translations)):
        candidate = _translations[number]
        if candidate.method not in (request.method, "*") or not candidate.concerns(ask.caller):
            continue
        match = candidate.pattern.fullmatch(request.path.removesuffix("/"))
        if match:
            parameters = {name: unquote(value) for name, value in match.groupdict().items()}
            return candidate.translate(Ask(ask.world, request, ask.caller, parameters, partial(_from, number + 1, ask)))
    return ask.onward(request)


def altered(reply: HttpReply, alter: Callable[[dict[str, Any]], Any]) -> HttpReply:
    """The reply with its JSON body as `alter` makes it, if it went well."""
    if reply.status == 200 and isinstance(reply.body, bytes):
        reply.body = dump(alter(json.loads(reply.body)), pretty=False)
    return reply
