"""Version and ids of the cluster, open to everyone (master: api_master.go, core.go)."""
from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from fakedet.services.call import Call
from fakedet.services.master.cluster_message import message_on_show
from fakedet.services.registry import rpc

if TYPE_CHECKING:
    from fakedet.world import World

#: The release whose behaviour fakedet has.
VERSION = "0.38.1"


def cluster_id(world: "World") -> str:
    """The id of the cluster, the same for as long as its data live."""
    return _identity(world, "cluster")


def master_id(world: "World") -> str:
    """The id of this master process."""
    return _identity(world, f"master/{id(world)}")


def info(world: "World") -> dict[str, Any]:
    """The content of GET /info."""
    return {"version": VERSION, "master_id": master_id(world), "cluster_id": cluster_id(world), "cluster_name": "",
            "telemetry": {"enabled": False, "otel_enabled": False, "otel_endpoint": ""}, "sso_providers": None}


@rpc("GetMaster")
def get_master(call: Call, request: Any) -> dict[str, Any]:
    """Version, ids and switches of the cluster, with the message for everyone."""
    return {"version": VERSION, "master_id": master_id(call.world), "cluster_id": cluster_id(call.world),
            "branding": "determined", "user_management_enabled": True, "cluster_message": message_on_show(call)}


@rpc("GetTelemetry")
def get_telemetry(call: Call, request: Any) -> dict[str, Any]:
    """Telemetry is off, always."""
    return {"enabled": False}


@rpc("GetKubernetesResourceManagers")
def get_kubernetes_resource_managers(call: Call, request: Any) -> dict[str, Any]:
    """There is no Kubernetes here."""
    return {"resource_managers": []}


def _identity(world: "World", part: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"fakedet/{world.settings.seed}/{world.name}/{part}"))
