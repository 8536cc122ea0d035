"""Binding pools to workspaces, which the one pool here, being the default, refuses (master: api_resourcepool.go)."""
from __future__ import annotations

from typing import Any

from fakedet.domain.errors import Internal
from fakedet.domain.paging import query_page
from fakedet.services.call import Call
from fakedet.services.cluster.usage import POOL
from fakedet.services.registry import rpc


@rpc("BindRPToWorkspace")
def bind_rp_to_workspace(call: Call, request: Any) -> dict[str, Any]:
    """Never possible, but nothing can be bound to a pool that there is not."""
    _refuse_default_pool(request)
    if _workspaces(call, request):
        raise _no_pool(request)
    return {}


@rpc("OverwriteRPWorkspaceBindings")
def overwrite_rp_workspace_bindings(call: Call, request: Any) -> dict[str, Any]:
    """Never possible."""
    _refuse_default_pool(request)
    _workspaces(call, request)
    raise _no_pool(request)


@rpc("UnbindRPFromWorkspace")
def unbind_rp_from_workspace(call: Call, request: Any) -> dict[str, Any]:
    """Nothing is bound: only nothing can be unbound."""
    workspaces = _workspaces(call, request)
    if workspaces:
        raise Internal(f" workspace with id {workspaces[0]} and pool with name  {request.resource_pool_name} binding doesn't exist")
    return {}


@rpc("ListWorkspacesBoundToRP")
def list_workspaces_bound_to_rp(call: Call, request: Any) -> dict[str, Any]:
    """None."""
    if request.resource_pool_name != POOL:
        raise Internal(f"pool with name {request.resource_pool_name} doesn't exist or is not available")
    return {"workspace_ids": [], "pagination": query_page(0, request.offset, request.limit).block()}


@rpc("ListRPsBoundToWorkspace")
def list_rps_bound_to_workspace(call: Call, request: Any) -> dict[str, Any]:
    """The pools that a workspace, existing or not, may use: those bound to none."""
    page = query_page(1, request.offset, request.limit)
    return {"resource_pools": list(page.cut([POOL])), "pagination": page.block()}


def _refuse_default_pool(request: Any) -> None:
    if request.resource_pool_name == POOL:
        raise Internal(f"default resource pool {POOL} cannot be bound to any workspace")


def _no_pool(request: Any) -> Internal:
    return Internal(f"pool with name {request.resource_pool_name} doesn't exist")


def _workspaces(call: Call, request: Any) -> list[int]:
    """The workspaces meant by id and by name; names must exist and be said once. Bindings are for administrators."""
    found = {row["name"]: row["id"] for name in request.workspace_names for row in call.db.workspaces.rows(name=name)}
    if len(found) != len(request.workspace_names):
        unknown = [name for name in request.workspace_names if name not in found]
        raise Internal(f"the following workspaces do not exist: [{' '.join(unknown)}]")
    if not call.is_admin:
        raise Internal("only admin privileged users can bind resource pool to a workspace")
    return list(dict.fromkeys([*request.workspace_ids, *found.values()]))
