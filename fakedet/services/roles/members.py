"""Who is assigned to a workspace, directly or by a group (master: rbac/api_rbac_impl.go)."""
from __future__ import annotations

from typing import Any, Iterator, Mapping

from fakedet.domain.roles import ROLES, read_together
from fakedet.services.call import Call
from fakedet.services.groups.members import group_details
from fakedet.services.groups.personal import is_personal
from fakedet.services.registry import rpc
from fakedet.services.roles.messages import role_with_assignments
from fakedet.services.users.messages import plain_user_message

Row = Mapping[str, Any]


@rpc("GetGroupsAndUsersAssignedToWorkspace")
def get_groups_and_users_assigned_to_workspace(call: Call, request: Any) -> dict[str, Any]:
    """Groups and users once for each of their assignments, and the roles; `name` is looked for in the names of both."""
    assignments = sorted(call.db.role_assignments.rows(workspace_id=request.workspace_id), key=lambda row: (row["role_id"], row["id"]))
    named = [row for row in assignments if any(request.name in name for name in _names(call, row))]
    groups = [call.db.groups.row(row["group_id"]) for row in named]
    roles = read_together([ROLES[number] for number in sorted({row["role_id"] for row in assignments})])
    shown = {row["role_id"] for row in named}
    return {
        "groups": [group_details(call, group) for group in groups if not is_personal(group)],
        "users_assigned_directly": [plain_user_message(call.db.users.row(group["user_id"])) for group in groups if is_personal(group)],
        "assignments": [role_with_assignments(call.db, role, assignments) for role in roles if role.id in shown],
    }


def _names(call: Call, assignment: Row) -> Iterator[str]:
    group = call.db.groups.row(assignment["group_id"])
    if not is_personal(group):
        yield group["name"]
    else:
        user = call.db.users.row(group["user_id"])
        yield from (user["username"], user["display_name"] or "")
