"""Creating, changing and deleting groups, which is for administrators (master: usergroup/api_groups.go)."""
from __future__ import annotations

from typing import Any, Collection

from fakedet.domain.errors import AlreadyExists, Internal, InvalidArgument, NotFound
from fakedet.services import rights
from fakedet.services.call import Call
from fakedet.services.groups import personal
from fakedet.services.groups.members import add_members, group_details, remove_members, touch
from fakedet.services.groups.reading import shared_group
from fakedet.services.registry import rpc


@rpc("CreateGroup")
def create_group(call: Call, request: Any) -> dict[str, Any]:
    """A group with its first members. A name that is taken uses up an id all the same."""
    if personal.POSTFIX in request.name:
        raise InvalidArgument(f"group name cannot contain '{personal.POSTFIX}'")
    rights.require_admin(call)
    group = call.db.groups.row(call.db.groups.insert({"name": request.name, "user_id": None}))
    _check_name(call, request.name, f"Error creating group {request.name}")
    add_members(call, group, request.add_users)
    return {"group": group_details(call, group)}


@rpc("UpdateGroup")
def update_group(call: Call, request: Any) -> dict[str, Any]:
    """Rename a group, let members in, then others out."""
    rights.require_admin(call)
    group = shared_group(call, request.group_id)
    if request.name:
        group = call.db.groups.change(group["id"], name=request.name)
        _check_name(call, request.name, f"Error updating group {group['id']} name")
    add_members(call, group, request.add_users)
    remove_members(call, [group["id"]], request.remove_users)
    return {"group": group_details(call, group)}


@rpc("DeleteGroup")
def delete_group(call: Call, request: Any) -> dict[str, Any]:
    """A group goes with its memberships and roles."""
    rights.require_admin(call)
    group = call.db.groups.row(request.group_id)
    if group is None or personal.is_personal(group):
        raise NotFound(f"Error deleting group {request.group_id}: not found")
    for table in (call.db.group_members, call.db.role_assignments):
        for row in table.rows(group_id=group["id"]):
            table.delete(row["id"])
    call.db.groups.delete(group["id"])
    return {}


@rpc("AssignMultipleGroups")
def assign_multiple_groups(call: Call, request: Any) -> dict[str, Any]:
    """Several users join several groups, as far as they are not in them, and leave others."""
    rights.require_admin(call)
    if request.add_groups:
        _require_shared(call, request.add_groups)
        _join(call, request.add_groups, request.user_ids)
    if request.remove_groups:
        _require_shared(call, request.remove_groups)
        remove_members(call, request.remove_groups, request.user_ids)
    return {}


def _join(call: Call, group_ids: Collection[int], user_ids: Collection[int]) -> None:
    if any(call.db.users.row(user_id) is None for user_id in user_ids):
        raise Internal("internal server error")
    for user_id in user_ids:
        for group_id in group_ids:
            if call.db.group_members.one(group_id=group_id, user_id=user_id) is None:
                call.db.group_members.insert({"group_id": group_id, "user_id": user_id})
    touch(call, user_ids)


def _require_shared(call: Call, group_ids: Collection[int]) -> None:
    shared = {group["id"] for group in map(call.db.groups.row, group_ids) if group is not None and not personal.is_personal(group)}
    if len(shared) != len(group_ids):
        raise NotFound("group does not exist or is a personal group: not found")


def _check_name(call: Call, name: str, context: str) -> None:
    if call.db.groups.tally(name=name) > 1:
        raise AlreadyExists(f"{context}: row already exists")
