"""The user and group that a user's tasks run as on agents: all four parts of it, or none (master: model/agent_user_group.go)."""
from __future__ import annotations

from typing import Any

from fakedet.domain.errors import InvalidArgument
from fakedet.services.users.messages import AGENT_FIELDS

_ZEROS: dict[str, Any] = {"agent_uid": 0, "agent_gid": 0, "agent_user": "", "agent_group": ""}


def checked_identity(sent: Any) -> dict[str, Any]:
    """The columns for an AgentUserGroup message; an empty one stores zeros."""
    parts = {name: getattr(sent, name) for name in AGENT_FIELDS}
    if all(part is None for part in parts.values()):
        return dict(_ZEROS)
    if any(part is None for part in parts.values()):
        raise InvalidArgument("agentUid, agentGid, agentUser and agentGroup cannot be empty")
    if not parts["agent_user"] or not parts["agent_group"]:
        raise InvalidArgument("agentUser and agentGroup names cannot be empty")
    return parts
