"""The configuration of the master, as administrators see it (master: config/config.go).

It is that of a master with one pool and nothing else set. A patch of the log settings is accepted and, as in the master, has no
effect on what is shown.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakedet.domain.errors import Internal
from fakedet.services import rights
from fakedet.services.call import Call
from fakedet.services.registry import rpc
from fakedet.services.workspaces.storage_config import checked_storage, shown_storage

if TYPE_CHECKING:
    from fakedet.world import World

PATCHABLE = ("log.level", "log.color")

_SIGN_ON = dict.fromkeys(("agent_gid_attribute_name", "agent_group_name_attribute_name", "agent_uid_attribute_name", "agent_user_name_attribute_name", "display_name_attribute_name", "groups_attribute_name", "idp_recipient_url", "idp_sso_url", "provider"), "")
_SIGN_ON_SWITCHES = {"enabled": False, "always_redirect": False, "auto_provision_users": False}
_SCHEDULER = {"type": "priority", "fitting_policy": "best", "default_priority": 42, "preemption": False, "allow_heterogeneous_fits": False}

_FIXED: dict[str, Any] = {
    "__internal": {"audit_logging_enabled": False, "proxied_servers": None, "external_sessions": {
        "Invalidations": None, "cluster_id": "", "invalidation_uri": "", "jwt_key": "", "login_uri": "", "logout_uri": "", "org_id": ""}},
    "additional_resource_managers": None,
    "cache": {"cache_dir": ""},
    "cluster_name": "",
    "config_file": "",
    "db": {"host": "", "migrations": "", "name": "", "password": "", "port": "", "ssl_mode": "disable", "ssl_root_cert": "", "user": "",
           "views_and_triggers": ""},
    "det_cloud": {"always_redirect": False, "enabled": False, "login_url": ""},
    "enable_cors": False,
    "feature_switches": [],
    "integrations": {"pachyderm": {"address": ""}},
    "launch_error": True,
    "log": {"color": True, "level": "info"},
    "logging": {"type": "default"},
    "notebook_timeout": None,
    "observability": {"enable_prometheus": False},
    "oidc": {**_SIGN_ON, **_SIGN_ON_SWITCHES, "authentication_claim": "email", "client_id": "", "client_secret": "",
             "exclude_groups_scope": False, "scim_authentication_attribute": "userName"},
    "reserved_ports": None,
    "resource_manager": {
        "type": "agent", "name": "", "cluster_name": "default", "client_ca": "", "metadata": None, "require_authentication": False,
        "no_default_resource_pools": False, "default_aux_resource_pool": "default", "default_compute_resource_pool": "default",
        "scheduler": _SCHEDULER},
    "resource_pools": [{"pool_name": "default", "description": "", "provider": None, "max_aux_containers_per_agent": 100,
                        "agent_reattach_enabled": False, "agent_reconnect_wait": "25s", "task_container_defaults": None}],
    "retention_policy": {"log_retention_days": None, "schedule": None},
    "root": "",
    "saml": {**_SIGN_ON, **_SIGN_ON_SWITCHES, "idp_metadata_url": "", "idp_sso_descriptor_url": ""},
    "scim": {"auth": None, "enabled": False},
    "security": {
        "authz": {"type": "basic", "fallback": "basic", "rbac_ui_enabled": None, "_strict_ntsc_enabled": False,
                  "strict_job_queue_control": False, "workspace_creator_assign_role": {"enabled": True, "role_id": 2}},
        "default_task": {"id": 0, "user_id": 0, "user": "root", "uid": 0, "group": "root", "gid": 0},
        "initial_user_password": "", "ssh": {"key_type": "ED25519", "rsa_key_size": 0}, "tls": {"cert": "", "key": ""},
        "token": {"default_lifespan_days": 30, "max_lifespan_days": 30}},
    "task_container_defaults": {
        "add_capabilities": None, "bind_mounts": None, "checkpoint_gc_pod_spec": None, "cpu_pod_spec": None, "devices": None,
        "drop_capabilities": None, "gpu_pod_spec": None, "kubernetes": None, "log_policies": None, "network_mode": "bridge", "pbs": {},
        "preemption_timeout": 3600, "shm_size_bytes": 4294967296, "slurm": {}, "startup_hook": "", "work_dir": None},
    "telemetry": {"cluster_id": "", "enabled": False, "otel_enabled": False, "otel_endpoint": "localhost:4317", "segment_master_key": "",
                  "segment_webui_key": ""},
    "tensorboard_timeout": 300,
    "ui_customization": {"logo_paths": None},
    "webhooks": {"base_url": "", "signing_key": ""},
}


@rpc("GetMasterConfig")
def get_master_config(call: Call, request: Any) -> dict[str, Any]:
    """The whole configuration."""
    rights.require_admin(call)
    return {"config": shown_config(call.world)}


@rpc("PatchMasterConfig")
def patch_master_config(call: Call, request: Any) -> dict[str, Any]:
    """Only the level and the colour of the log can be named."""
    rights.require_admin(call)
    for path in request.field_mask or ():
        if path not in PATCHABLE:
            raise Internal(f"unsupported or invalid field: {path}")
    return {}


def shown_config(world: "World") -> dict[str, Any]:
    """The configuration as a master tells it."""
    return {**_FIXED, "checkpoint_storage": _checkpoint_storage(world)}


def _checkpoint_storage(world: "World") -> dict[str, Any]:
    """Where checkpoints go by default, without secrets; how many are kept is for experiments to say."""
    return shown_storage(checked_storage(world.storages.default_config())) or {}
