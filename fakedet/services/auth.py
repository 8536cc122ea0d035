"""Sign-in and sign-out (master: api_auth.go)."""
from __future__ import annotations

from typing import Any

from fakedet.domain.errors import InvalidArgument, PermissionDenied, Unauthenticated
from fakedet.services import passwords, sessions, users
from fakedet.services.call import Call
from fakedet.services.registry import rpc

EXPIRED_COOKIE = "auth=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"


@rpc("Login")
def login(call: Call, request: Any) -> dict[str, Any]:
    """A session for a name and a password, which the client has salted and hashed where it says so."""
    if not request.username:
        raise InvalidArgument("missing argument: username")
    user = call.db.users.one(username=request.username)
    if user is None or user["remote"] or not passwords.matches(user["password_hash"], request.password, hashed=request.is_hashed):
        raise Unauthenticated("invalid credentials")
    if not user["active"]:
        raise PermissionDenied("user is not active")
    user = call.db.users.change(user["id"], last_auth_at=call.now)
    token, text = sessions.issue(call.world, user["id"])
    call.reply_headers.append(("Set-Cookie", sessions.cookie(text, token["expiry"])))
    return {"token": text, "user": users.as_reply(user)}
