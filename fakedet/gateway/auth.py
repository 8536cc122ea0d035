"""Who is asking: credentials of a request, in the master's order of priority (master: grpcutil/auth.go, user/service.go)."""
from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.errors import PermissionDenied, Unauthenticated
from fakedet.services import sessions

if TYPE_CHECKING:
    from fakedet.world import World

#: RPCs that need no sign-in.
OPEN_RPCS = frozenset({"Login", "GetMaster", "GetTelemetry"})
Row = Mapping[str, Any]


def authenticate(world: "World", headers: Mapping[str, str]) -> tuple[Row, Row]:
    """The user and the token row that `headers` speak for; raises Unauthenticated or PermissionDenied."""
    user, token = sessions.holder(world.db, presented(headers), world.now())
    if not user["active"]:
        raise PermissionDenied("user does not have permission")
    return user, token


def presented(headers: Mapping[str, str]) -> str:
    """The token that a request carries; the first place that holds anything counts."""
    for name in ("grpc-metadata-x-user-token", "authorization"):
        if name in headers:
            return _bearer(headers[name])
    cookie = _cookie(headers.get("cookie", ""))
    if cookie is not None:
        return cookie
    if "grpc-metadata-x-allocation-token" in headers:
        return _bearer(headers["grpc-metadata-x-allocation-token"])
    raise Unauthenticated("token missing")


def _bearer(value: str) -> str:
    if not value.startswith("Bearer "):
        raise Unauthenticated("invalid credentials")
    return value[len("Bearer "):]


def _cookie(header: str) -> str | None:
    try:
        morsel = SimpleCookie(header).get("auth")
    except CookieError:
        return None
    return morsel.value if morsel else None
