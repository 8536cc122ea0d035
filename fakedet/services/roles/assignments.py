"""The rows that say which group has which role where; users have roles by the groups that are theirs alone."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Collection, Mapping

from fakedet.domain.roles import CLUSTER_ADMIN, WORKSPACE_ADMIN
from fakedet.services.groups.personal import personal_group

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]


def assign_cluster_admin(db: "Database", user_id: int) -> None:
    """Make a user administrator of the cluster, as the first migrations do."""
    _assign_user(db, user_id, CLUSTER_ADMIN, None)


def assign_workspace_admin(db: "Database", user_id: int, workspace_id: int) -> None:
    """Make the creator of a workspace its administrator."""
    _assign_user(db, user_id, WORKSPACE_ADMIN, workspace_id)


def insert_assignment(db: "Database", group_id: int, role_id: int, workspace_id: int | None) -> None:
    """Give a role to a group."""
    db.role_assignments.insert({"group_id": group_id, "role_id": role_id, "workspace_id": workspace_id})


def assignments_of_user(db: "Database", user_id: int) -> list[Row]:
    """What a user's groups have been assigned, his own group's included."""
    return assignments_of_groups(db, [member["group_id"] for member in db.group_members.rows(user_id=user_id)])


def assignments_of_groups(db: "Database", group_ids: Collection[int]) -> list[Row]:
    """What some groups have been assigned, oldest first."""
    found = [row for group_id in group_ids for row in db.role_assignments.rows(group_id=group_id)]
    return sorted(found, key=lambda row: row["id"])


def _assign_user(db: "Database", user_id: int, role_id: int, workspace_id: int | None) -> None:
    group = personal_group(db, user_id)
    if group is not None:
        insert_assignment(db, group["id"], role_id, workspace_id)
