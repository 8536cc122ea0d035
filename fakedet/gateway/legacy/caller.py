"""Who is asking: between which releases the client lies, as far as the request tells it.

Clients up to 0.19.7 sign in with POST /login, those up to 0.17.2 with a Content-Type. The token they get carries that as a mark, and
so does each of their requests. Newer ones show by their HTTP library that they are clients at all. No client says its release, so where
that is not enough the setting `client` tells it.
"""
from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass

from fakedet.gateway.http import HttpReply, HttpRequest

Release = tuple[int, ...]
FIRST, TODAY = (0, 12, 0), (0, 38, 1)
_BEARER = "Bearer "
#: What the HTTP libraries of clients call themselves.
_LIBRARIES = ("python-requests/", "Swagger-Codegen/")
#: Mark at the end of a token -> the oldest and newest client that gets it.
MARKS: dict[str, tuple[Release, Release]] = {
    "~0.17.2": (FIRST, (0, 17, 2)),
    "~0.19.7": ((0, 17, 3), (0, 19, 7)),
}


@dataclass(frozen=True)
class Caller:
    """A client of a release from `oldest` to `newest`. `told`: the setting says which, so both are the same.

    Whoever is no client that we know is as of today.
    """

    oldest: Release = (0, 19, 8)
    newest: Release = TODAY
    told: bool = False

    @property
    def is_old(self) -> bool:
        """Whether it is surely older than 0.19.8."""
        return self.before(0, 19, 8)

    def before(self, *release: int) -> bool:
        """Whether it is surely older than `release`."""
        return self.newest < release

    def may_be(self, *release: int) -> bool:
        """Whether it may be of `release` or newer."""
        return self.newest >= release


def caller_of(request: HttpRequest, client: str) -> Caller:
    """Who sends `request` to a master whose setting `client` is this."""
    if client:
        release = tuple(map(int, client.split(".")))
        return Caller(release, release, told=True)
    span = MARKS.get(_mark_of(request.headers.get("authorization", "")))
    if span:
        return Caller(*span)
    return Caller() if request.headers.get("user-agent", "").startswith(_LIBRARIES) else Caller(TODAY)


def without_mark(request: HttpRequest) -> HttpRequest:
    """The request with the token as the master issued it."""
    token = request.headers.get("authorization", "")
    mark = _mark_of(token)
    if not mark:
        return request
    return dataclasses.replace(request, headers={**request.headers, "authorization": token.removesuffix(mark)})


def mark_token(request: HttpRequest, reply: HttpReply) -> HttpReply:
    """The reply to POST /login with the mark of who sent it. A browser, which wants a cookie, gets none."""
    if reply.status != 200 or "cookie=" in request.query or not isinstance(reply.body, bytes):
        return reply
    mark = "~0.17.2" if request.headers.get("content-type") else "~0.19.7"
    signed_in = json.loads(reply.body)
    reply.body = json.dumps({**signed_in, "token": signed_in["token"] + mark}).encode() + b"\n"
    return reply


def _mark_of(credentials: str) -> str:
    mark = "~" + credentials.rpartition("~")[2]
    return mark if credentials.startswith(_BEARER) and mark in MARKS else ""
