"""What may be done to a workspace, by whom, and how it may be called."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.errors import AlreadyExists, Internal, InvalidArgument, PermissionDenied
from fakedet.services import finding
from fakedet.services.call import Call

Row = Mapping[str, Any]
LONGEST_NAME = 80
NAME_TAKEN = "avoid names equal to other workspaces (case-insensitive)"


def check_name(name: str) -> None:
    """The master counts bytes up to 80 and speaks of 53."""
    if not name:
        raise InvalidArgument("name '' must be at least 1 character long")
    if len(name.encode()) > LONGEST_NAME:
        raise InvalidArgument(f"name '{name}' must be at most 53 character long")
    if not name.strip():
        raise InvalidArgument("name must contain at least non-whitespace letter")


def broken_pair(group: Mapping[str, Any]) -> str | None:
    """The database's constraint that an agent user group breaks: a number and a name go together."""
    pairs = (("gidnull", "agent_gid", "agent_group"), ("uidnull", "agent_uid", "agent_user"))
    return next((constraint for constraint, number, name in pairs if (group[number] is None) != (group[name] is None)), None)


def check_unused(call: Call, name: str, *, but: int = 0) -> None:
    """Names are unique, counting upper and lower case as different."""
    if any(row["id"] != but for row in call.db.workspaces.rows(name=name)):
        raise AlreadyExists(NAME_TAKEN)


def open_workspace(call: Call, number: int) -> Row:
    """A workspace that can be changed: neither immutable nor archived."""
    workspace = finding.workspace(call.db, number)
    if workspace["immutable"]:
        raise Internal(f"workspace ({number}) is immutable and cannot add new projects")
    if workspace["archived"]:
        raise Internal(f"workspace ({number}) is archived and cannot add new projects")
    return workspace


def require_owner(call: Call, workspace: Row, act: str) -> None:
    """Only its owner and administrators may `act`."""
    if not call.is_admin and workspace["user_id"] != call.user["id"]:
        raise PermissionDenied(f"only admins may {act}")


def require_admin_for_group(call: Call) -> None:
    """Which identity tasks have on agents is for administrators to say."""
    if not call.is_admin:
        raise PermissionDenied("only admin privileged users can set workspace agent user groups")
