"""POST /login and POST /logout, the sign-in of clients before 0.19.8 (master: user/service.go)."""
from __future__ import annotations

from fakedet.domain.errors import InvalidArgument, PermissionDenied
from fakedet.domain.go_json import GoJsonError
from fakedet.gateway.echo.bodies import read_struct
from fakedet.gateway.echo.routing import EchoRequest, json_reply, route
from fakedet.gateway.http import HttpReply
from fakedet.services import passwords, sessions
from fakedet.services.call import Call


@route("POST", "/login", open=True)
def login(call: Call, request: EchoRequest) -> HttpReply:
    """A session; the password is hashed by the client already."""
    try:
        sent = read_struct(request.http.body, {"username": str, "password": str})
    except GoJsonError:
        raise InvalidArgument("Bad Request") from None
    user = call.db.users.one(username=sent.get("username", ""))
    if user is None:
        raise PermissionDenied("user not found")
    if user["remote"]:
        raise PermissionDenied("invalid credentials")
    if not user["active"]:
        raise PermissionDenied("user not active")
    if not passwords.matches(user["password_hash"], sent.get("password", ""), hashed=True):
        raise PermissionDenied("invalid credentials")
    token, text = sessions.start(call.world, user)
    reply = json_reply({"token": text})
    if request.query.get("cookie") == "true":
        reply.headers.append(("Set-Cookie", sessions.cookie(text, token["expiry"])))
    return reply


@route("POST", "/logout")
def logout(call: Call, request: EchoRequest) -> HttpReply:
    """The end of a session, and unlike the newer route that of an access token too."""
    assert call.token is not None
    sessions.end(call.world, call.token)
    return json_reply("")
