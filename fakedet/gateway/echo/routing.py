"""Which function answers which route outside /api/v1: `@route("GET", "/experiments/{id}/model_def")`."""
from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Callable
from urllib.parse import parse_qsl, quote, unquote

from fakedet.gateway.http import HttpReply, HttpRequest
from fakedet.services.call import Call


@dataclass(frozen=True)
class EchoRequest:
    """A request outside /api/v1 with the values of its path's parameters."""

    http: HttpRequest
    parameters: dict[str, str]

    @property
    def query(self) -> dict[str, str]:
        """Query parameters; of repeated ones the first."""
        pairs = parse_qsl(self.http.query, keep_blank_values=True)
        return dict(reversed(pairs))

    def json(self) -> Any:
        """The body as JSON; ValueError if it is none."""
        return json.loads(self.http.body)


EchoFunction = Callable[[Call, EchoRequest], HttpReply]


@dataclass(frozen=True)
class Route:
    """One route: its method, the pattern of its path, whether it is open to callers without credentials.

    An unlocked one changes nothing and may be slow: it takes the world's lock itself, where it reads.
    """

    method: str
    pattern: re.Pattern[str]
    function: EchoFunction
    open: bool
    unlocked: bool


#: What Go leaves as it is when it encodes a path, beside letters and digits.
_LEFT_BY_GO = "$&+,/:;=@-_.~"
#: In place of a method: all of them.
ANY = "*"


class Routes:
    """The routes of one era of the master, the first registered first."""

    def __init__(self) -> None:
        self._routes: list[Route] = []

    def route(self, method: str, path: str, *, open: bool = False, unlocked: bool = False) -> Callable[[EchoFunction], EchoFunction]:
        """Register the decorated function for `method` and `path`; see `pattern_of`."""
        def register(function: EchoFunction) -> EchoFunction:
            self._routes.append(Route(method, pattern_of(path), function, open, unlocked))
            return function
        return register

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route for a request and its path's parameters: percent-decoded, but only in a path that Go would encode the same way."""
        decoded = unquote if quote(unquote(path), safe=_LEFT_BY_GO) == path else str
        for candidate in self._routes:
            match = candidate.pattern.fullmatch(path) if candidate.method in (method, ANY) else None
            if match:
                return candidate, {name: decoded(value) for name, value in match.groupdict().items()}
        return None


def pattern_of(path: str) -> re.Pattern[str]:
    """What matches a path: `{name}` is one segment, `{name*}` the rest, `{name+}` the rest if there is any."""
    pattern = re.sub(r"\\\{(\w+)\\\+\\\}", r"(?P<\1>.+)", re.escape(path))
    pattern = re.sub(r"\\\{(\w+)\\\*\\\}", r"(?P<\1>.*)", pattern)
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]*)", pattern))


_today = Routes()
route, find = _today.route, _today.find


def json_reply(value: Any, status: int = 200) -> HttpReply:
    """A JSON reply as the echo server writes it, with a newline at the end."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return HttpReply(status, [("Content-Type", "application/json; charset=UTF-8")], text.encode("utf-8", "surrogatepass") + b"\n")
