"""Roles and assignments as messages."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, Mapping

from fakedet.domain.permissions import Permission
from fakedet.domain.roles import ROLES, Role

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]


def role_message(role: Role) -> dict[str, Any]:
    """The Role message with all permissions."""
    return {"role_id": role.id, "name": role.name, "permissions": list(map(permission_message, role.permissions)),
            "scope_type_mask": {"cluster": True, "workspace": role.on_workspaces}}


def permission_message(permission: Permission) -> dict[str, Any]:
    """The Permission message."""
    return {"id": permission.id, "name": permission.name,
            "scope_type_mask": {"cluster": True, "workspace": permission.on_workspaces}}


def summary_message(role: Role, assignments: Iterable[Row]) -> dict[str, Any]:
    """The RoleAssignmentSummary message: where a role is assigned."""
    places = [row["workspace_id"] for row in assignments if row["role_id"] == role.id]
    return {"role_id": role.id, "scope_workspace_ids": [place for place in places if place is not None], "scope_cluster": None in places}


def role_with_assignments(db: "Database", role: Role, assignments: Iterable[Row]) -> dict[str, Any]:
    """The RoleWithAssignments message: to which groups and, by their own groups, to which users."""
    to_groups, to_users = [], []
    for row in assignments:
        if row["role_id"] != role.id:
            continue
        owner = db.groups.row(row["group_id"])["user_id"]
        if owner is None:
            to_groups.append({"group_id": row["group_id"], "role_assignment": _assignment_message(row)})
        else:
            to_users.append({"user_id": owner, "role_assignment": _assignment_message(row)})
    return {"role": role_message(role), "group_role_assignments": to_groups, "user_role_assignments": to_users}


def _assignment_message(row: Row) -> dict[str, Any]:
    """An assignment names its role and leaves the permissions out."""
    role = {"role_id": row["role_id"], "name": ROLES[row["role_id"]].name, "scope_type_mask": {"cluster": True, "workspace": True}}
    return {"role": role, "scope_workspace_id": row["workspace_id"], "scope_cluster": row["workspace_id"] is None}
