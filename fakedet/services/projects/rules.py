"""Names and keys of projects, and who may change them."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.errors import AlreadyExists, InvalidArgument, PermissionDenied
from fakedet.domain.project_keys import objection
from fakedet.services.call import Call

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
LONGEST_NAME = 80


def good_key(key: str) -> str:
    """The key in capitals, as it is stored; InvalidArgument for a bad one."""
    text = objection(key)
    if text is not None:
        raise InvalidArgument(text)
    return key.upper()


def name_violation(name: str) -> str | None:
    """The database's constraint that a name breaks."""
    if not name:
        return "namemin"
    return "namemax" if len(name) > LONGEST_NAME else None


def key_taken(key: str) -> AlreadyExists:
    """The error for a key of another project."""
    return AlreadyExists(f"project key {key} is already in use")


def name_is_used(call: Call, workspace_id: int, name: str, *, but: int | None = None) -> bool:
    """Whether a project of the workspace, other than `but`, has that very name."""
    return any(row["id"] != but for row in call.db.projects.rows(workspace_id=workspace_id, name=name))


def is_archived(db: "Database", project: Row) -> bool:
    """Whether the project or its workspace is archived."""
    return bool(project["archived"] or db.workspaces.row(project["workspace_id"])["archived"])


def require_owner(call: Call, project: Row, act: str, *, of_project: bool = True) -> None:
    """Owners of the workspace, of the project where that counts, and administrators may `act`."""
    workspace = call.db.workspaces.row(project["workspace_id"])
    owners = {workspace["user_id"], *([project["user_id"]] if of_project else [])}
    if not call.is_admin and call.user["id"] not in owners:
        raise PermissionDenied(f"can't {act}: non admin users need to own the project or workspace")
