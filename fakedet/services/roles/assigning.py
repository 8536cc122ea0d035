"""Giving and taking roles, which is for administrators (master: rbac/api_rbac_impl.go, rbac/postgres_rbac.go)."""
from __future__ import annotations

from typing import Any, NamedTuple

from fakedet.domain.errors import AlreadyExists, Internal, InvalidArgument, NotFound
from fakedet.domain.roles import ROLES
from fakedet.services import rights
from fakedet.services.call import Call
from fakedet.services.groups.members import touch
from fakedet.services.groups.personal import personal_group
from fakedet.services.groups.reading import shared_group
from fakedet.services.registry import rpc
from fakedet.services.roles.assignments import insert_assignment

NIL_POINTER = "runtime error: invalid memory address or nil pointer dereference"


class _Wish(NamedTuple):
    """One assignment that is asked for: a group, and a RoleAssignment message, which may be missing."""

    group_id: int
    assignment: Any

    def role_id(self) -> int:
        """The role, or the panic of the master where none is named."""
        if self.assignment is None or self.assignment.role is None:
            raise Internal(NIL_POINTER)
        number: int = self.assignment.role.role_id
        return number

    def place(self) -> int | None:
        """The workspace, None for the whole cluster."""
        if self.assignment is None:
            raise Internal(NIL_POINTER)
        workspace_id: int | None = self.assignment.scope_workspace_id
        return workspace_id


@rpc("AssignRoles")
def assign_roles(call: Call, request: Any) -> dict[str, Any]:
    """Give roles to groups and users, all or none."""
    _check_request(call, request)
    _assign(call, _of_groups(request), "error inserting group role assignments")
    _assign(call, _of_users(call, request), "error inserting role assignments for user groups")
    touch(call, [wanted.user_id for wanted in request.user_role_assignments])
    return {}


@rpc("RemoveAssignments")
def remove_assignments(call: Call, request: Any) -> dict[str, Any]:
    """Take roles from groups and users, all or none."""
    _check_request(call, request)
    _remove(call, _of_groups(request), "error removing group assignments")
    _remove(call, _of_users(call, request), "error removing user group assignments")
    touch(call, [wanted.user_id for wanted in request.user_role_assignments])
    return {}


def _check_request(call: Call, request: Any) -> None:
    if not request.group_role_assignments and not request.user_role_assignments:
        raise InvalidArgument("must specify at least one group or user assignment")
    rights.require_admin(call, "access denied")
    for wanted in request.group_role_assignments:
        shared_group(call, wanted.group_id)


def _of_groups(request: Any) -> list[_Wish]:
    return [_Wish(wanted.group_id, wanted.role_assignment) for wanted in request.group_role_assignments]


def _of_users(call: Call, request: Any) -> list[_Wish]:
    return [_Wish(_own_group(call, wanted.user_id), wanted.role_assignment) for wanted in request.user_role_assignments]


def _own_group(call: Call, user_id: int) -> int:
    group = personal_group(call.db, user_id)
    if group is None:
        raise NotFound(f"error looking up user groups: Error getting group for user id {user_id}: not found")
    number: int = group["id"]
    return number


def _assign(call: Call, wishes: list[_Wish], context: str) -> None:
    if any(wish.place() is not None and _is_for_cluster(wish.role_id()) for wish in wishes):
        raise Internal(f"{context}: a global-only permission cannot be assigned to a local scope")
    for wish in wishes:
        place = _checked_place(call, wish, context)
        problem = f"{context}: Error inserting assignment for group id {wish.group_id}"
        if wish.role_id() not in ROLES:
            raise NotFound(f"{problem}: not found")
        if _existing(call, wish, place) is not None:
            raise AlreadyExists(f"{problem}: row already exists")
        insert_assignment(call.db, wish.group_id, wish.role_id(), place)


def _remove(call: Call, wishes: list[_Wish], context: str) -> None:
    for wish in wishes:
        assignment = _existing(call, wish, _checked_place(call, wish, context))
        if assignment is None:
            raise NotFound(f"{context}: Error deleting assignment for group id {wish.group_id}: not found")
        call.db.role_assignments.delete(assignment["id"])


def _checked_place(call: Call, wish: _Wish, context: str) -> int | None:
    place = wish.place()
    if place is not None and call.db.workspaces.row(place) is None:
        raise NotFound(f"{context}: Error getting scope for group id {wish.group_id}: Error creating a RoleAssignmentScope: not found")
    return place


def _existing(call: Call, wish: _Wish, place: int | None) -> Any:
    return call.db.role_assignments.one(group_id=wish.group_id, role_id=wish.role_id(), workspace_id=place)


def _is_for_cluster(role_id: int) -> bool:
    return role_id in ROLES and not ROLES[role_id].on_workspaces
