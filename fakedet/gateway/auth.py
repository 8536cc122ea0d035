"""Who is asking: credentials of a request, in the master's order of priority (master: grpcutil/auth.go, user/service.go)."""
from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.errors import Internal, PermissionDenied, Unauthenticated
from fakedet.services import allocation_sessions, sessions

if TYPE_CHECKING:
    from fakedet.world import World

#: RPCs that need no sign-in.
OPEN_RPCS = frozenset({"Login", "GetMaster", "GetTelemetry"})
Row = Mapping[str, Any]


def authenticate(world: "World", headers: Mapping[str, str]) -> tuple[Row, Row | None]:
    """The user that `headers` speak for, and the token's row unless it is a task that speaks; raises Unauthenticated or PermissionDenied."""
    text = _presented_by_user(headers)
    if text is None:
        return allocation_sessions.holder(world.db, _presented_by_task(headers)), None
    user, token = sessions.holder(world.db, text, world.now())
    if not user["active"]:
        raise PermissionDenied("user does not have permission")
    return user, token


def authenticate_outside_api(world: "World", headers: Mapping[str, str]) -> tuple[Row, Row]:
    """The same for the echo server, which looks at fewer places and does not expect that sessions end."""
    try:
        user, token = sessions.holder(world.db, _presented_outside_api(headers), world.now())
    except sessions.Ended:
        raise Internal("sql: no rows in result set") from None
    except sessions.NotValid:
        raise Unauthenticated("Unauthorized") from None
    except Unauthenticated as error:
        raise Internal(error.as_go_text()) from None
    if not user["active"]:
        raise PermissionDenied("user not active")
    return user, token


def _presented_by_user(headers: Mapping[str, str]) -> str | None:
    """The first place that holds anything counts."""
    for name in ("grpc-metadata-x-user-token", "authorization"):
        if name in headers:
            return _bearer(headers[name])
    return _cookie(headers.get("cookie", ""))


def _presented_by_task(headers: Mapping[str, str]) -> str:
    if "grpc-metadata-x-allocation-token" not in headers:
        raise Unauthenticated("token missing")
    return _bearer(headers["grpc-metadata-x-allocation-token"])


def _presented_outside_api(headers: Mapping[str, str]) -> str:
    if headers.get("authorization"):
        return _bearer(headers["authorization"])
    return _cookie(headers.get("cookie", "")) or ""


def _bearer(value: str) -> str:
    if not value.startswith("Bearer "):
        raise sessions.NotValid
    return value[len("Bearer "):]


def _cookie(header: str) -> str | None:
    try:
        morsel = SimpleCookie(header).get("auth")
    except CookieError:
        return None
    return morsel.value if morsel else None
