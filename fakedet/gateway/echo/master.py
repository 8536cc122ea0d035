"""/info and /health (master: core.go)."""
from __future__ import annotations

from fakedet.gateway.echo.routing import EchoRequest, json_reply, route
from fakedet.gateway.http import HttpReply
from fakedet.services.call import Call
from fakedet.services.master import identity


@route("GET", "/info", open=True)
def info(call: Call, request: EchoRequest) -> HttpReply:
    """What clients ask first: version and ids of the cluster."""
    return json_reply(identity.info(call.world))


@route("GET", "/health")
def health(call: Call, request: EchoRequest) -> HttpReply:
    """Always up: a process that answers is healthy."""
    managers = [{"cluster_name": "default", "status": "up"}]
    return json_reply({"status": "up", "database": "up", "resource_managers": managers})
