"""Sign-in and sign-out (master: api_auth.go)."""
from __future__ import annotations

from typing import Any

from fakedet.domain.errors import InvalidArgument, PermissionDenied
from fakedet.services import passwords, sessions
from fakedet.services.call import Call
from fakedet.services.registry import rpc
from fakedet.services.users.messages import user_message

EXPIRED_COOKIE = "auth=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"


@rpc("Login")
def login(call: Call, request: Any) -> dict[str, Any]:
    """A session for a name and a password, which the client has salted and hashed where it says so."""
    if not request.username:
        raise InvalidArgument("missing argument: username")
    user = call.db.users.one(username=request.username)
    if user is None or user["remote"] or not passwords.matches(user["password_hash"], request.password, hashed=request.is_hashed):
        raise sessions.NotValid
    if not user["active"]:
        raise PermissionDenied("user is not active")
    token, text = sessions.start(call.world, user)
    call.reply_headers.append(("Set-Cookie", sessions.cookie(text, token["expiry"])))
    return {"token": text, "user": user_message(call.db.users.row(user["id"]))}


@rpc("Logout")
def logout(call: Call, request: Any) -> dict[str, Any]:
    """The end of the session that the request came with; an access token stays valid."""
    if call.token is None:
        raise InvalidArgument("cannot manually logout of an allocation session")
    if call.token["token_type"] == sessions.SESSION:
        sessions.end(call.world, call.token)
    call.reply_headers.append(("Set-Cookie", EXPIRED_COOKIE))
    return {}


@rpc("CurrentUser")
def current_user(call: Call, request: Any) -> dict[str, Any]:
    """The caller, by the older route."""
    return {"user": user_message(call.user)}
