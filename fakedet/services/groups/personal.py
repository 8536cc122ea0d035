"""The group that is one user's alone: roles are only ever assigned to groups (master: user/postgres_users.go)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
POSTFIX = "DeterminedPersonalGroup"


def add_personal_group(db: "Database", user_id: int) -> None:
    """Make the group of a new user, who is its only member."""
    group = db.groups.insert({"name": f"{user_id}{POSTFIX}", "user_id": user_id})
    db.group_members.insert({"group_id": group, "user_id": user_id})


def is_personal(group: Row) -> bool:
    """Whether the group is one user's alone."""
    return group["user_id"] is not None


def personal_group(db: "Database", user_id: int) -> Row | None:
    """The group of one user."""
    return db.groups.one(user_id=user_id)
