"""Who is in which group (master: usergroup/postgres_groups.go)."""
from __future__ import annotations

from typing import Any, Collection, Mapping

from fakedet.domain.errors import AlreadyExists, NotFound
from fakedet.services.call import Call
from fakedet.services.users.messages import plain_user_message

Row = Mapping[str, Any]


def users_of(call: Call, group_id: int) -> list[Row]:
    """The members of a group in the order in which they came."""
    return [call.db.users.row(member["user_id"]) for member in call.db.group_members.rows(group_id=group_id)]


def group_details(call: Call, group: Row) -> dict[str, Any]:
    """The GroupDetails message."""
    return {"group_id": group["id"], "name": group["name"], "users": [plain_user_message(user) for user in users_of(call, group["id"])]}


def add_members(call: Call, group: Row, user_ids: Collection[int]) -> None:
    """New members; each must be a user and none may be in the group already."""
    for user_id in user_ids:
        if call.db.group_members.one(group_id=group["id"], user_id=user_id) is not None:
            raise AlreadyExists(f"Error when adding {len(user_ids)} user(s) to 1 group(s): row already exists")
        call.db.group_members.insert({"group_id": group["id"], "user_id": user_id})
    if any(call.db.users.row(user_id) is None for user_id in user_ids):
        raise NotFound(f"Error adding {len(user_ids)} user(s) to 1 group(s) because one or more of them were not found: not found")
    touch(call, user_ids)


def remove_members(call: Call, group_ids: Collection[int], user_ids: Collection[int]) -> None:
    """Members leave; it is an error if nobody does."""
    if not user_ids:
        return
    leaving = [member for group_id in group_ids for user_id in user_ids
               for member in call.db.group_members.rows(group_id=group_id, user_id=user_id)]
    if not leaving:
        raise NotFound(f"Error removing {len(user_ids)} user(s) from {len(group_ids)} group(s) "
                       "because none were members of these groups: not found")
    for number in {member["id"] for member in leaving}:
        call.db.group_members.delete(number)
    touch(call, user_ids)


def touch(call: Call, user_ids: Collection[int]) -> None:
    """Joining and leaving groups counts as a change of the user."""
    for user in filter(None, map(call.db.users.row, user_ids)):
        call.db.users.change(user["id"], modified_at=call.now)
