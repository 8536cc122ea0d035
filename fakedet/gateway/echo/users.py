"""The older /users routes, which answer in snake_case (master: user/service.go)."""
from __future__ import annotations

from typing import Any, Callable, Mapping

from fakedet.domain.errors import AlreadyExists, Internal, InvalidArgument, NotFound, PermissionDenied
from fakedet.domain.go_json import GoJsonError
from fakedet.domain.timestamps import format_time_of_go
from fakedet.gateway.echo.bodies import Fields, read_struct
from fakedet.gateway.echo.routing import EchoRequest, json_reply, route
from fakedet.gateway.http import HttpReply
from fakedet.services import passwords, rights
from fakedet.services.call import Call
from fakedet.services.users import creating, patching
from fakedet.services.users.messages import AGENT_FIELDS

Row = Mapping[str, Any]
IDENTITY: Fields = {"uid": int, "gid": int, "user": str, "group": str}
NEW_USER: Fields = {"username": str, "admin": bool, "active": bool, "agent_user_group": IDENTITY}
PATCH: Fields = {"password": str, "active": bool, "admin": bool, "agent_user_group": IDENTITY}


@route("GET", "/users/me")
def me(call: Call, request: EchoRequest) -> HttpReply:
    """The caller."""
    return json_reply(_shown(call.user))


@route("GET", "/users")
def users(call: Call, request: EchoRequest) -> HttpReply:
    """All users, whether remote or not unsaid."""
    return json_reply([{**_shown(user), "remote": False} for user in call.db.users.rows()])


@route("POST", "/users")
def post_user(call: Call, request: EchoRequest) -> HttpReply:
    """A user without a password, whose name is put in small letters and not looked at otherwise."""
    sent = _body(request, NEW_USER)
    identity = _identity(sent)
    _allowed(lambda: rights.require_admin(call, creating.MAY_NOT_CREATE))
    try:
        creating.add_user(call.world, username=sent.get("username", "").lower(), admin=sent.get("admin", False),
                          active=sent.get("active", False), **identity)
    except AlreadyExists as error:
        raise InvalidArgument(error.message) from None
    return json_reply({})


@route("PATCH", "/users/{username}")
def patch_user(call: Call, request: EchoRequest) -> HttpReply:
    """Change the password (hashed by the client), what a user may, or his identity on agents."""
    sent = _body(request, PATCH)
    user = call.db.users.one(username=request.parameters["username"])
    if user is None:
        raise NotFound(f"user '{request.parameters['username']}' not found")
    changes = _changes(call, user, sent)
    identity = _identity(sent)
    if identity:
        _allowed(lambda: rights.require_admin(call, patching.MAY_NOT_UPDATE))
    patching.change_user(call, user, changes, activated=bool(changes.get("active", user["active"])))
    if identity:
        call.db.users.change(user["id"], **identity, modified_at=call.now)
    return json_reply({})


@route("PATCH", "/users/{username}/username")
def patch_username(call: Call, request: EchoRequest) -> HttpReply:
    """Rename a user; any name will do that is not taken."""
    sent = _body(request, {"username": str})
    user = _user(call, request)
    _allowed(lambda: rights.require_self_or_admin(call, user, patching.MAY_NOT_UPDATE_OTHERS))
    if "username" not in sent:
        raise InvalidArgument("username is required")
    if call.db.users.one(username=sent["username"]) is not None:
        raise InvalidArgument("username is taken")
    call.db.users.change(user["id"], username=sent["username"], modified_at=call.now)
    return json_reply({})


@route("GET", "/users/{username}/image")
def image(call: Call, request: EchoRequest) -> HttpReply:
    """Nobody has a picture."""
    _user(call, request)
    return HttpReply(200, [("Content-Type", "application/json; charset=UTF-8"), ("Cache-Control", "public, max-age=3600")])


def _shown(user: Row) -> dict[str, Any]:
    return {"id": user["id"], "display_name": user["display_name"], "username": user["username"], "name": "", "admin": user["admin"],
            "active": user["active"], "modified_at": format_time_of_go(user["modified_at"]), "remote": user["remote"],
            "last_auth_at": None if user["last_auth_at"] is None else format_time_of_go(user["last_auth_at"]),
            **{name: user[name] for name in AGENT_FIELDS}}


def _changes(call: Call, user: Row, sent: Mapping[str, Any]) -> dict[str, Any]:
    changes = {}
    if "password" in sent:
        _allowed(lambda: rights.require_self_or_admin(call, user, patching.MAY_NOT_SET_PASSWORD))
        changes["password_hash"] = passwords.new(call.world, sent["password"], hashed=True)
    for name in ("active", "admin"):
        if name in sent:
            _allowed(lambda: rights.require_admin(call, patching.MAY_NOT_UPDATE))
            changes[name] = sent[name]
    return changes


def _identity(sent: Mapping[str, Any]) -> dict[str, Any]:
    given = sent.get("agent_user_group")
    if given is None:
        return {}
    for name in IDENTITY:
        if name not in given or given[name] == "":
            raise InvalidArgument(f"{name} must be set")
    return {f"agent_{name}": given[name] for name in IDENTITY}


def _user(call: Call, request: EchoRequest) -> Row:
    user: Row | None = call.db.users.one(username=request.parameters["username"])
    if user is None:
        raise Internal("not found")
    return user


def _body(request: EchoRequest, fields: Fields) -> dict[str, Any]:
    try:
        return read_struct(request.http.body, fields)
    except GoJsonError:
        raise InvalidArgument("bad request") from None


def _allowed(check: Callable[[], None]) -> None:
    """A refusal in the words of these routes."""
    try:
        check()
    except PermissionDenied as error:
        raise PermissionDenied(f"{error.message}: code=403, message=user not authorized") from None
