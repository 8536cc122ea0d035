"""Which roles there are and who has them (master: rbac/api_rbac_impl.go)."""
from __future__ import annotations

from typing import Any, Iterable, Mapping, Sequence

from fakedet.domain.collation import sort_key
from fakedet.domain.errors import InvalidArgument, NotFound
from fakedet.domain.paging import page_by_hand
from fakedet.domain.roles import ROLES, Role, read_together
from fakedet.services.call import Call
from fakedet.services.registry import rpc
from fakedet.services.roles.assignments import assignments_of_groups, assignments_of_user
from fakedet.services.roles.messages import role_message, role_with_assignments, summary_message

Row = Mapping[str, Any]
LONGEST_PAGE = 500


@rpc("ListRoles")
def list_roles(call: Call, request: Any) -> dict[str, Any]:
    """All roles by name."""
    return _page(ROLES.values(), request)


@rpc("SearchRolesAssignableToScope")
def search_roles_assignable_to_scope(call: Call, request: Any) -> dict[str, Any]:
    """The roles that can be assigned on a workspace, if one is named, else all."""
    return _page((role for role in ROLES.values() if request.workspace_id is None or role.on_workspaces), request)


@rpc("GetRolesByID")
def get_roles_by_id(call: Call, request: Any) -> dict[str, Any]:
    """Some roles with all their assignments; each id must be a role's, and be named once."""
    wanted = set(request.role_ids)
    found = [role for role in ROLES.values() if role.id in wanted] if wanted else list(ROLES.values())
    if len(found) != len(request.role_ids):
        raise NotFound("not found")
    assignments = call.db.role_assignments.rows()
    return {"roles": [role_with_assignments(call.db, role, assignments) for role in read_together(found)]}


@rpc("GetRolesAssignedToUser")
def get_roles_assigned_to_user(call: Call, request: Any) -> dict[str, Any]:
    """The roles of a user's groups; of a user that there is not, none."""
    _require_id(request.user_id)
    assignments = assignments_of_user(call.db, request.user_id)
    roles = read_together(_by_name(_roles_in(assignments)))
    return {"roles": [role_with_assignments(call.db, role, assignments) for role in roles]}


@rpc("GetRolesAssignedToGroup")
def get_roles_assigned_to_group(call: Call, request: Any) -> dict[str, Any]:
    """The roles of a group, the one user's own kind included."""
    _require_id(request.group_id)
    assignments = assignments_of_groups(call.db, [request.group_id])
    return _summary(_by_name(_roles_in(assignments)), assignments)


@rpc("GetPermissionsSummary")
def get_permissions_summary(call: Call, request: Any) -> dict[str, Any]:
    """The caller's roles with their permissions."""
    assignments = assignments_of_user(call.db, call.user["id"])
    return _summary(_roles_in(assignments), assignments)


def _page(roles: Iterable[Role], request: Any) -> dict[str, Any]:
    page, block = page_by_hand(_by_name(roles), request.offset, request.limit or LONGEST_PAGE)
    return {"roles": list(map(role_message, read_together(page))), "pagination": block}


def _summary(roles: Sequence[Role], assignments: Sequence[Row]) -> dict[str, Any]:
    return {"roles": list(map(role_message, read_together(roles))), "assignments": [summary_message(role, assignments) for role in roles]}


def _roles_in(assignments: Iterable[Row]) -> list[Role]:
    return [ROLES[number] for number in sorted({row["role_id"] for row in assignments})]


def _by_name(roles: Iterable[Role]) -> list[Role]:
    return sorted(roles, key=lambda role: sort_key(role.name))


def _require_id(number: int) -> None:
    if number == 0:
        raise InvalidArgument("bad request")
