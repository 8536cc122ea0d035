"""The permissions that roles are made of: their names, and which count on the whole cluster only (master: static/migrations)."""
from __future__ import annotations

from typing import NamedTuple

PREFIX = "PERMISSION_TYPE_"
#: All permissions, in the order in which the migrations made them.
ALL = tuple("""
    CREATE_EXPERIMENT UPDATE_EXPERIMENT VIEW_PROJECT UPDATE_ROLES UPDATE_EXPERIMENT_METADATA UPDATE_GROUP
    CREATE_WORKSPACE DELETE_WORKSPACE UPDATE_PROJECT DELETE_PROJECT ASSIGN_ROLES ADMINISTRATE_USER
    VIEW_EXPERIMENT_ARTIFACTS UPDATE_WORKSPACE VIEW_EXPERIMENT_METADATA DELETE_EXPERIMENT VIEW_WORKSPACE
    CREATE_PROJECT SET_WORKSPACE_AGENT_USER_GROUP SET_WORKSPACE_CHECKPOINT_STORAGE_CONFIG VIEW_MODEL_REGISTRY
    EDIT_MODEL_REGISTRY CREATE_MODEL_REGISTRY CREATE_NSC VIEW_NSC UPDATE_NSC UPDATE_AGENTS DELETE_MODEL_REGISTRY
    VIEW_MASTER_LOGS VIEW_CLUSTER_USAGE VIEW_SENSITIVE_AGENT_INFO VIEW_TEMPLATES UPDATE_TEMPLATES CREATE_TEMPLATES
    DELETE_TEMPLATES CONTROL_STRICT_JOB_QUEUE DELETE_MODEL_VERSION DELETE_OTHER_USER_MODEL_REGISTRY
    DELETE_OTHER_USER_MODEL_VERSION VIEW_MASTER_CONFIG UPDATE_MASTER_CONFIG ADMINISTRATE_OAUTH
    SET_WORKSPACE_DEFAULT_RESOURCE_POOL MODIFY_RP_WORKSPACE_BINDINGS VIEW_EXTERNAL_JOBS
    SET_WORKSPACE_NAMESPACE_BINDINGS SET_RESOURCE_QUOTAS VIEW_RESOURCE_QUOTAS EDIT_WEBHOOKS VIEW_WEBHOOKS
    MODIFY_WORKSPACE_CONFIG_POLICIES VIEW_GLOBAL_CONFIG_POLICIES VIEW_WORKSPACE_CONFIG_POLICIES
    MODIFY_GLOBAL_CONFIG_POLICIES ADMINISTRATE_TOKEN UPDATE_TOKEN CREATE_TOKEN CREATE_OTHER_TOKEN VIEW_OTHER_TOKEN
    VIEW_TOKEN
""".split())
#: Permissions whose name is not simply their identifier in small letters.
NAMES = {
    "SET_WORKSPACE_AGENT_USER_GROUP": "set agent user group on workspace",
    "SET_WORKSPACE_CHECKPOINT_STORAGE_CONFIG": "set checkpoint storage config on workspace",
    "SET_WORKSPACE_DEFAULT_RESOURCE_POOL": "set default resource pool on workspace",
    "SET_WORKSPACE_NAMESPACE_BINDINGS": "set workspace-namespace bindings",
    "CREATE_NSC": "create notebooks/shells/commands",
    "VIEW_NSC": "view notebooks/shells/commands",
    "UPDATE_NSC": "update notebooks/shells/commands",
    "VIEW_CLUSTER_USAGE": "view detailed cluster usage",
    "ADMINISTRATE_OAUTH": "manage oauth",
    "ADMINISTRATE_TOKEN": "administrate access token",
    "UPDATE_TOKEN": "update own access token",
    "CREATE_TOKEN": "create access token",
    "CREATE_OTHER_TOKEN": "create other access token",
    "VIEW_OTHER_TOKEN": "view other access token",
    "VIEW_TOKEN": "view own access token",
}
#: Permissions that cannot be given on one workspace.
ON_CLUSTER_ONLY = frozenset("""
    UPDATE_ROLES UPDATE_GROUP CREATE_WORKSPACE ADMINISTRATE_USER UPDATE_AGENTS VIEW_MASTER_LOGS VIEW_CLUSTER_USAGE
    VIEW_SENSITIVE_AGENT_INFO CONTROL_STRICT_JOB_QUEUE VIEW_MASTER_CONFIG UPDATE_MASTER_CONFIG ADMINISTRATE_OAUTH
    MODIFY_RP_WORKSPACE_BINDINGS VIEW_EXTERNAL_JOBS SET_WORKSPACE_NAMESPACE_BINDINGS SET_RESOURCE_QUOTAS
    MODIFY_GLOBAL_CONFIG_POLICIES ADMINISTRATE_TOKEN UPDATE_TOKEN CREATE_TOKEN CREATE_OTHER_TOKEN VIEW_OTHER_TOKEN VIEW_TOKEN
""".split())


class Permission(NamedTuple):
    """One permission: its name in the API's enum, its name for people, whether it can be given on one workspace."""

    id: str
    name: str
    on_workspaces: bool


def permission(identifier: str) -> Permission:
    """The permission PERMISSION_TYPE_<identifier>."""
    name = NAMES.get(identifier) or identifier.lower().replace("_", " ")
    return Permission(PREFIX + identifier, name, identifier not in ON_CLUSTER_ONLY)
