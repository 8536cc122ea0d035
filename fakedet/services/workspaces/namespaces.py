"""Kubernetes namespaces of workspaces and their quotas, as a master with agents answers: none can be bound, and none is.

Mirrors api_workspace.go with an agent resource manager, of which there is one, called "default".
"""
from __future__ import annotations

from typing import Any, Iterable, Mapping

from fakedet.domain.errors import Internal, InvalidArgument, NotFound, PermissionDenied
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.registry import rpc
from fakedet.services.rights import require_admin

CLUSTER = "default"
UNSUPPORTED = "operation not supported"
NOT_BINDING = "only admins may set workspace bindings"
NOT_LIMITING = "only admins may set resource quotas"
NEITHER = "must either specify a Kubernetes namespace or indicate that you would like an auto-created namespace."
BOTH = "must either specify a namespace or indicate that you would like an auto-created namespace, but cannot request both."
NOTHING = "must specify either an existing namespace or indicate that you would like a namespace to be auto-created"
NOT_FOR_ALL = "cannot specify a cluster name when you request to auto-create a namespace for all clusters"
CANNOT_VERIFY = f"error verifying Kubernetes namespace: cannot verify namespace existence with resource manager type AgentRM: {UNSUPPORTED}"
CANNOT_CREATE = f"cannot create a namespace with resource manager type AgentRM: {UNSUPPORTED}"
QUOTA_IN_PATCH = "Cannot set resource quota in PatchWorkspaceRequest. Please use SetResourceQuotaRequest to achieve this."


@rpc("SetWorkspaceNamespaceBindings")
def set_workspace_namespace_bindings(call: Call, request: Any) -> dict[str, Any]:
    """Only an empty request succeeds."""
    finding.workspace(call.db, request.workspace_id)
    bind(call, request.cluster_namespace_meta)
    return {}


@rpc("DeleteWorkspaceNamespaceBindings")
def delete_workspace_namespace_bindings(call: Call, request: Any) -> dict[str, Any]:
    """There is none to delete; whether the workspace exists is not looked at."""
    clusters = [_cluster(name) for name in request.cluster_names]
    try:
        _unbind(call, clusters)
    except (PermissionDenied, Internal) as error:
        raise error.wrapped("error deleting workspace-namespace bindings: failed to delete namespace binding") from None
    return {}


@rpc("ListWorkspaceNamespaceBindings")
def list_workspace_namespace_bindings(call: Call, request: Any) -> dict[str, Any]:
    """Fails at the namespace that agents do not have."""
    finding.workspace(call.db, request.id)
    raise NotFound(UNSUPPORTED).wrapped("error getting default namespace")


@rpc("GetKubernetesResourceQuotas")
def get_kubernetes_resource_quotas(call: Call, request: Any) -> dict[str, Any]:
    """Looks for the namespaces first."""
    return list_workspace_namespace_bindings(call, request)


@rpc("GetWorkspacesWithDefaultNamespaceBindings")
def get_workspaces_with_default_namespace_bindings(call: Call, request: Any) -> dict[str, Any]:
    """All of them."""
    return {"workspace_ids": [workspace["id"] for workspace in call.db.workspaces.rows()]}


@rpc("BulkAutoCreateWorkspaceNamespaceBindings")
def bulk_auto_create_workspace_namespace_bindings(call: Call, request: Any) -> dict[str, Any]:
    """Fails at the first workspace."""
    for number in request.workspace_ids:
        finding.workspace(call.db, number)
        require_admin(call, NOT_BINDING)
        raise Internal(CANNOT_CREATE)
    return {}


@rpc("SetResourceQuotas")
def set_resource_quotas(call: Call, request: Any) -> dict[str, Any]:
    """Only an empty request succeeds."""
    finding.workspace(call.db, request.id)
    limit(call, request.cluster_quota_pairs)
    return {}


def bind(call: Call, wishes: Mapping[str, Any]) -> None:
    """Bind a workspace to namespaces by cluster: possible for none."""
    require_admin(call, NOT_BINDING)
    for cluster, wish in wishes.items():
        _check(cluster, wish)
    for wish in wishes.values():
        raise Internal(CANNOT_CREATE if wish.auto_create_namespace or wish.auto_create_namespace_all_clusters else NOTHING)


def limit(call: Call, clusters: Iterable[str]) -> None:
    """Set quotas by cluster: possible for none."""
    require_admin(call, NOT_LIMITING)
    for cluster in clusters:
        _cluster(cluster)
        raise NotFound(UNSUPPORTED)


def rebind(call: Call, wishes: Mapping[str, Any]) -> None:
    """The part of a workspace's patch that speaks of namespaces; a wish for nothing is one to unbind."""
    if any(wish.resource_quota is not None for wish in wishes.values()):
        raise InvalidArgument(QUOTA_IN_PATCH)
    unbound = [cluster for cluster, wish in wishes.items() if wish.namespace is None and not wish.auto_create_namespace]
    try:
        if unbound:
            _unbind(call, unbound)
    except (PermissionDenied, Internal) as error:
        raise error.wrapped("failed to delete namespace binding") from None
    bind_within(call, wishes)


def bind_within(call: Call, wishes: Mapping[str, Any]) -> None:
    """The same as `bind`, as a part of creating or changing a workspace."""
    try:
        bind(call, wishes)
    except (PermissionDenied, InvalidArgument, Internal) as error:
        raise error.wrapped("failed to create namespace binding") from None


def limit_within(call: Call, clusters: Iterable[str]) -> None:
    """The same as `limit`, as a part of creating a workspace."""
    try:
        limit(call, clusters)
    except (PermissionDenied, InvalidArgument, NotFound) as error:
        raise error.wrapped("failed to set resource quota") from None


def _check(cluster: str, wish: Any) -> None:
    if wish.auto_create_namespace_all_clusters and wish.namespace is not None:
        raise InvalidArgument("cannot specify a namespace")
    if wish.auto_create_namespace_all_clusters and cluster:
        raise InvalidArgument(NOT_FOR_ALL)
    if cluster and wish.namespace is None and not wish.auto_create_namespace:
        raise InvalidArgument(NEITHER)
    _cluster(cluster)
    if wish.namespace is not None:
        raise InvalidArgument(BOTH) if wish.auto_create_namespace else Internal(CANNOT_VERIFY)


def _cluster(name: str) -> str:
    """The cluster of this name; a blank name is that of the only one."""
    if name not in ("", CLUSTER):
        raise InvalidArgument(f"no resource manager with cluster name {name}")
    return CLUSTER


def _unbind(call: Call, clusters: list[str]) -> None:
    require_admin(call, NOT_BINDING)
    if clusters:
        which = f"cluster {clusters[0]}" if len(clusters) == 1 else f"clusters: {', '.join(clusters)}"
        raise Internal(f"tried to delete default binding for {which}: cannot delete the default namespace binding")
