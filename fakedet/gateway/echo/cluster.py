"""Routes of the cluster: where agents connect, what tasks serve behind the master (master: core.go, internal/proxy)."""
from __future__ import annotations

from typing import Any

from fakedet.domain.errors import InvalidArgument, NotFound
from fakedet.domain.timestamps import format_time_of_go
from fakedet.gateway.echo.routing import ANY, EchoRequest, json_reply, route
from fakedet.gateway.http import HttpReply
from fakedet.services.call import Call
from fakedet.services.jobs.requests import Request, all_requests
from fakedet.services.tasks.reading import summary


@route("GET", "/agents", open=True)
def agents(call: Call, request: EchoRequest) -> HttpReply:
    """A websocket for agents; there are none but those of the settings."""
    raise InvalidArgument("Bad Request")


@route(ANY, "/proxy/{service}/{path*}", open=True)
def proxy(call: Call, request: EchoRequest) -> HttpReply:
    """No task of fakedet serves anything."""
    raise NotFound(f"service not found: {request.parameters['service']}")


@route("GET", "/tasks")
def tasks(call: Call, request: EchoRequest) -> HttpReply:
    """What waits for resources and what has them, as clients before 0.27 read it."""
    return json_reply({wanted.allocation_id: _summary(call, wanted) for wanted in all_requests(call.db)})


def _summary(call: Call, wanted: Request) -> dict[str, Any]:
    shown = summary(call, wanted)
    shown.pop("proxy_ports")
    return {**shown, "registered_time": format_time_of_go(wanted.registered_time)}
