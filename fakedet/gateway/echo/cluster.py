"""Routes of the cluster: where agents connect, what tasks serve behind the master (master: core.go, internal/proxy)."""
from __future__ import annotations

from fakedet.domain.errors import InvalidArgument, NotFound
from fakedet.gateway.echo.routing import ANY, EchoRequest, route
from fakedet.gateway.http import HttpReply
from fakedet.services.call import Call


@route("GET", "/agents", open=True)
def agents(call: Call, request: EchoRequest) -> HttpReply:
    """A websocket for agents; there are none but those of the settings."""
    raise InvalidArgument("Bad Request")


@route(ANY, "/proxy/{service}/{path*}", open=True)
def proxy(call: Call, request: EchoRequest) -> HttpReply:
    """No task of fakedet serves anything."""
    raise NotFound(f"service not found: {request.parameters['service']}")
