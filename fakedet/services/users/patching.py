"""Changing users: field by field, each with its own rule of who may (master: api_user.go, user/authz_basic_impl.go)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.errors import Internal, InvalidArgument
from fakedet.domain.user_names import SHORTEST_USERNAME, cleaned
from fakedet.services import finding, passwords, rights, sessions
from fakedet.services.call import Call
from fakedet.services.registry import rpc
from fakedet.services.users.agent_identity import checked_identity
from fakedet.services.users.messages import user_message

Row = Mapping[str, Any]
Changes = dict[str, Any]
MAY_NOT_UPDATE = "only admin privileged users can update users"
MAY_NOT_UPDATE_OTHERS = "only admin privileged users can update other users"
MAY_NOT_NAME_OTHERS = "only admin privileged users can set another user's display name"
MAY_NOT_SET_PASSWORD = "only admin privileged users can change other user's passwords"


@rpc("PatchUser")
def patch_user(call: Call, request: Any) -> dict[str, Any]:
    """Change the fields that are sent; null leaves a field as it is."""
    if request.user is None:
        raise InvalidArgument("must provide user")
    user, patch = finding.user(call.db, request.user_id), request.user
    changes = {**_admin(call, patch), **_remote(call, user, patch), **_active(call, patch), **_username(call, user, patch),
               **_display_name(call, user, patch), **_password(call, user, patch)}
    identity = _identity(call, patch)
    change_user(call, user, changes, activated=bool(changes.get("active")))
    return {"user": user_message(call.db.users.change(user["id"], **identity) if identity else call.db.users.row(user["id"]))}


@rpc("PatchUsers")
def patch_users(call: Call, request: Any) -> dict[str, Any]:
    """Activate or deactivate several users; unknown ones count as done, filters are ignored."""
    refusal = "" if call.is_admin else MAY_NOT_UPDATE
    if not refusal:
        for user in filter(None, map(call.db.users.row, request.user_ids)):
            call.db.users.change(user["id"], active=request.activate, modified_at=call.now)
    return {"results": [{"id": number, "error": refusal} for number in request.user_ids]}


@rpc("SetUserPassword")
def set_user_password(call: Call, request: Any) -> dict[str, Any]:
    """A password in plain text. A remote user may get one too, and cannot use it."""
    user = finding.user(call.db, request.user_id)
    rights.require_self_or_admin(call, user, MAY_NOT_SET_PASSWORD)
    password = passwords.new(call.world, request.password, hashed=False)
    change_user(call, user, {"password_hash": password}, activated=user["active"])
    return {"user": user_message(call.db.users.row(user["id"]))}


def change_user(call: Call, user: Row, changes: Changes, *, activated: bool) -> None:
    """Store the changes. A new password ends all sessions; any change that does not activate as well revokes access tokens.

    The latter is an oversight of the master: a patch without `active` counts as one that deactivates.
    """
    if not changes:
        return
    call.db.users.change(user["id"], **changes, modified_at=call.now)
    if not activated:
        sessions.revoke_access_tokens(call.world, user["id"])
    if "password_hash" in changes:
        sessions.end_all(call.world, user["id"])


def _admin(call: Call, patch: Any) -> Changes:
    if patch.admin is None:
        return {}
    rights.require_admin(call, MAY_NOT_UPDATE)
    return {"admin": patch.admin}


def _remote(call: Call, user: Row, patch: Any) -> Changes:
    if patch.remote is None:
        return {}
    rights.require_admin(call, MAY_NOT_UPDATE_OTHERS)
    if patch.remote and not user["remote"]:
        return {"remote": True, "password_hash": passwords.NOT_BY_PASSWORD}
    if user["remote"] and not patch.remote and patch.password is None:
        return {"remote": False, "password_hash": None}
    return {"remote": patch.remote}


def _active(call: Call, patch: Any) -> Changes:
    if patch.active is None:
        return {}
    rights.require_admin(call, MAY_NOT_UPDATE)
    return {"active": patch.active}


def _username(call: Call, user: Row, patch: Any) -> Changes:
    if patch.username is None or patch.username == user["username"]:
        return {}
    rights.require_self_or_admin(call, user, MAY_NOT_UPDATE_OTHERS)
    _refuse_remote(user, patch, "username")
    name = cleaned(patch.username, shortest=SHORTEST_USERNAME, is_admin=user["admin"], username=user["username"])
    if any(other["id"] != user["id"] for other in call.db.users.rows(username=name)):
        raise Internal(f'error setting active status of "{name}": ERROR: duplicate key value violates unique constraint '
                       '"users_username_key" (SQLSTATE 23505)')
    return {"username": name}


def _display_name(call: Call, user: Row, patch: Any) -> Changes:
    if patch.display_name is None or patch.display_name == (user["display_name"] or ""):
        return {}
    rights.require_self_or_admin(call, user, MAY_NOT_NAME_OTHERS)
    name = cleaned(patch.display_name, shortest=0, is_admin=user["admin"], username=user["username"])
    if name and any(_is_like(other, name) for other in call.db.users.rows() if other["id"] != user["id"]):
        raise InvalidArgument(f"can not change display name to {name} found a similar username or display name")
    return {"display_name": name or None}


def _is_like(user: Row, name: str) -> bool:
    return name.lower() in (user["username"].lower(), (user["display_name"] or "").lower())


def _password(call: Call, user: Row, patch: Any) -> Changes:
    if patch.password is None:
        return {}
    rights.require_self_or_admin(call, user, MAY_NOT_SET_PASSWORD)
    _refuse_remote(user, patch, "password")
    return {"password_hash": passwords.new(call.world, patch.password, hashed=patch.is_hashed)}


def _refuse_remote(user: Row, patch: Any, field: str) -> None:
    will_be_remote = user["remote"] if patch.remote is None else patch.remote
    if will_be_remote:
        raise InvalidArgument(f"Cannot set {field} for remote users")


def _identity(call: Call, patch: Any) -> Changes:
    if patch.agent_user_group is None:
        return {}
    identity = checked_identity(patch.agent_user_group)
    rights.require_admin(call, MAY_NOT_UPDATE)
    return {**identity, "modified_at": call.now}
