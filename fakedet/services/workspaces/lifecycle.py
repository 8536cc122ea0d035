"""Archiving, pinning and deleting workspaces (master: api_workspace.go)."""
from __future__ import annotations

from typing import Any

from fakedet.domain.errors import FailedPrecondition, Internal
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.projects.deleting import delete_with_experiments
from fakedet.services.registry import rpc
from fakedet.services.workspaces import rules

#: The master notices only at the end, when it has answered already.
HELD_BY_WEBHOOKS = ('error running query: delete_workspace: ERROR: update or delete on table "workspaces" violates foreign key constraint '
                    '"webhooks_workspace_id_fkey" on table "webhooks" (SQLSTATE 23503)')


@rpc("ArchiveWorkspace")
def archive_workspace(call: Call, request: Any) -> dict[str, Any]:
    """Its projects count as archived with it."""
    return _set_archived(call, request.id, True)


@rpc("UnarchiveWorkspace")
def unarchive_workspace(call: Call, request: Any) -> dict[str, Any]:
    """The opposite of archiving."""
    return _set_archived(call, request.id, False)


@rpc("PinWorkspace")
def pin_workspace(call: Call, request: Any) -> dict[str, Any]:
    """For the caller, who cannot pin one twice."""
    workspace = finding.workspace(call.db, request.id)
    pin = {"user_id": call.user["id"], "workspace_id": workspace["id"]}
    if call.db.workspace_pins.one(**pin) is not None:
        raise Internal(f"error pinning workspace ({request.id}): error running query: pin_workspace: ERROR: duplicate key value "
                       'violates unique constraint "workspace_pins_user_id_workspace_id_key" (SQLSTATE 23505)')
    call.db.workspace_pins.insert({**pin, "created_at": call.now})
    return {}


@rpc("UnpinWorkspace")
def unpin_workspace(call: Call, request: Any) -> dict[str, Any]:
    """The opposite of pinning."""
    workspace = finding.workspace(call.db, request.id)
    pin = call.db.workspace_pins.one(user_id=call.user["id"], workspace_id=workspace["id"])
    if pin is None:
        raise Internal(f"error un-pinning workspace ({request.id}): not found")
    call.db.workspace_pins.delete(pin["id"])
    return {}


@rpc("DeleteWorkspace")
def delete_workspace(call: Call, request: Any) -> dict[str, Any]:
    """With its templates, projects and experiments; one with models stays, and one with webhooks fails to go."""
    workspace = finding.workspace(call.db, request.id)
    rules.require_owner(call, workspace, "delete other user's workspaces")
    if call.db.models.tally(workspace_id=workspace["id"]):
        raise FailedPrecondition(f"workspace ({request.id}) contains models; move or delete models first")
    if workspace["immutable"]:
        raise Internal(f"workspace ({request.id}) does not exist or not deletable by this user: not found")
    projects = call.db.projects.rows(workspace_id=workspace["id"])
    for project in projects:
        delete_with_experiments(call, project)
    if call.db.webhooks.tally(workspace_id=workspace["id"]):
        call.db.workspaces.change(workspace["id"], state="DELETE_FAILED", error_message=HELD_BY_WEBHOOKS)
        return {"completed": not projects}
    for table in (call.db.templates, call.db.workspace_pins, call.db.pool_bindings, call.db.role_assignments):
        for row in table.rows(workspace_id=workspace["id"]):
            table.delete(row["id"])
    call.db.workspaces.delete(workspace["id"])
    return {"completed": not projects}


def _set_archived(call: Call, number: int, archived: bool) -> dict[str, Any]:
    workspace = finding.workspace(call.db, number)
    act = "archive" if archived else "unarchive"
    rules.require_owner(call, workspace, f"{act} other user's workspaces")
    if workspace["immutable"]:
        raise Internal(f"error {act.removesuffix('e')}ing workspace ({number}): not found")
    call.db.workspaces.change(number, archived=archived)
    return {}
