"""A user's row as the User message."""
from __future__ import annotations

from typing import Any, Mapping

Row = Mapping[str, Any]
AGENT_FIELDS = ("agent_uid", "agent_gid", "agent_user", "agent_group")


def user_message(user: Row) -> dict[str, Any]:
    """The User message with the user's identity on agents."""
    return {**plain_user_message(user), "agent_user_group": agent_user_group(user)}


def plain_user_message(user: Row) -> dict[str, Any]:
    """The message as groups and roles show it: without the identity on agents."""
    return {"id": user["id"], "username": user["username"], "admin": user["admin"], "active": user["active"],
            "display_name": user["display_name"] or "", "modified_at": user["modified_at"], "remote": user["remote"],
            "last_auth_at": user["last_auth_at"]}


def agent_user_group(row: Row) -> dict[str, Any] | None:
    """The identity on agents that a user's or a workspace's row names, or None."""
    if row["agent_uid"] is None and row["agent_gid"] is None:
        return None
    return {name: row[name] for name in AGENT_FIELDS}
