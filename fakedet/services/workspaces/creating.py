"""Creating and changing workspaces (master: api_workspace.go)."""
from __future__ import annotations

from typing import Any

from fakedet.domain.errors import AlreadyExists, FailedPrecondition, Internal
from fakedet.services.call import Call
from fakedet.services.first_rows import NO_AGENT_USER
from fakedet.services.registry import rpc
from fakedet.services.roles.assignments import assign_workspace_admin
from fakedet.services.workspaces import namespaces, rules
from fakedet.services.workspaces.messages import workspace_message
from fakedet.services.workspaces.storage_config import checked_storage

#: The pools that every workspace may use.
POOLS = ("", "default")
GROUP_FIELDS = ("agent_uid", "agent_gid", "agent_user", "agent_group")


@rpc("PostWorkspace")
def post_workspace(call: Call, request: Any) -> dict[str, Any]:
    """A workspace of the caller's, pinned for him. A name that is taken uses up an id all the same."""
    rules.check_name(request.name)
    if request.agent_user_group is not None:
        rules.require_admin_for_group(call)
    number = call.db.workspaces.insert({
        "name": request.name, "archived": False, "user_id": call.user["id"], "created_at": call.now, "immutable": False,
        "state": None, "error_message": None, "checkpoint_storage_config": checked_storage(request.checkpoint_storage_config),
        "default_compute_pool": request.default_compute_pool, "default_aux_pool": request.default_aux_pool,
        **_group(request.agent_user_group)})
    rules.check_unused(call, request.name, but=number)
    if rules.broken_pair(call.db.workspaces.row(number)):
        raise AlreadyExists(rules.NAME_TAKEN)  # so the master words every constraint that a new workspace breaks
    if request.cluster_namespace_meta:
        namespaces.bind_within(call, request.cluster_namespace_meta)
    if request.cluster_quota_pairs:
        namespaces.limit_within(call, request.cluster_quota_pairs)
    call.db.workspace_pins.insert({"user_id": call.user["id"], "workspace_id": number, "created_at": call.now})
    assign_workspace_admin(call.db, call.user["id"], number)
    message = workspace_message(call.db, call.db.workspaces.row(number), call.user["id"])
    return {"workspace": {**message, "pinned_at": None}}


@rpc("PatchWorkspace")
def patch_workspace(call: Call, request: Any) -> dict[str, Any]:
    """Change what is sent, each part by its own rule of who may."""
    workspace = rules.open_workspace(call, request.id)
    patch = request.workspace
    if patch is not None:
        changes = {**_name(call, workspace, patch), **_agent_user(call, patch), **_storage(call, workspace, patch), **_pools(patch)}
        if patch.cluster_namespace_meta:
            namespaces.rebind(call, patch.cluster_namespace_meta)
        _check_stored(call, {**workspace, **changes})
        workspace = call.db.workspaces.change(workspace["id"], **changes)
    return {"workspace": workspace_message(call.db, workspace, call.user["id"])}


def _check_stored(call: Call, workspace: Any) -> None:
    """What the database refuses, once everything else is found good."""
    constraint = rules.broken_pair(workspace)
    if constraint:
        raise Internal(f'ERROR: new row for relation "workspaces" violates check constraint "{constraint}" (SQLSTATE 23514)')
    rules.check_unused(call, workspace["name"], but=workspace["id"])


def _name(call: Call, workspace: Any, patch: Any) -> dict[str, Any]:
    if patch.name is None or patch.name == workspace["name"]:
        return {}
    rules.check_name(patch.name)
    rules.require_owner(call, workspace, "set other user's workspaces names")
    return {"name": patch.name}


def _agent_user(call: Call, patch: Any) -> dict[str, Any]:
    if patch.agent_user_group is None:
        return {}
    rules.require_admin_for_group(call)
    return _group(patch.agent_user_group)


def _storage(call: Call, workspace: Any, patch: Any) -> dict[str, Any]:
    if patch.checkpoint_storage_config is None:
        return {}
    rules.require_owner(call, workspace, "set checkpoint storage config on other user's workspaces")
    return {"checkpoint_storage_config": checked_storage(patch.checkpoint_storage_config)}


def _pools(patch: Any) -> dict[str, Any]:
    sent = {"default_compute_pool": patch.default_compute_resource_pool, "default_aux_pool": patch.default_aux_resource_pool}
    changes = {name: pool for name, pool in sent.items() if pool is not None}
    if any(pool not in POOLS for pool in changes.values()):
        raise FailedPrecondition("unable to bind a resource pool that does not exist or is not available to the workspace")
    return changes


def _group(sent: Any) -> dict[str, Any]:
    if sent is None:
        return dict(NO_AGENT_USER)
    return {name: getattr(sent, name) for name in GROUP_FIELDS}
