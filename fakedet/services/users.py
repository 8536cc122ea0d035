"""Users (master: api_user.go)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.services.call import Call
from fakedet.services.registry import rpc


def as_reply(user: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the users table as a User message."""
    return {"id": user["id"], "username": user["username"], "admin": user["admin"], "active": user["active"],
            "display_name": user["display_name"] or "", "modified_at": user["modified_at"], "remote": user["remote"],
            "last_auth_at": user["last_auth_at"], "agent_user_group": agent_user_group(user)}


def agent_user_group(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """The identity on agents that a user's or a workspace's row names, or None."""
    if row["agent_uid"] is None:
        return None
    return {name: row[name] for name in ("agent_uid", "agent_gid", "agent_user", "agent_group")}


@rpc("GetMe")
def get_me(call: Call, request: Any) -> dict[str, Any]:
    """The caller."""
    return {"user": as_reply(call.user)}


@rpc("CurrentUser")
def current_user(call: Call, request: Any) -> dict[str, Any]:
    """The caller, by the older route."""
    return {"user": as_reply(call.user)}
