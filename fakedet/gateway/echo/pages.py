"""The web pages' places: redirects to them and what is told where none are installed; metrics for Prometheus (master: core.go)."""
from __future__ import annotations

from fakedet.gateway import errors
from fakedet.gateway.echo.routing import ANY, EchoRequest, route
from fakedet.gateway.http import HttpReply
from fakedet.services.call import Call

ALLOWED = ("Allow", "OPTIONS, GET")


@route("GET", "/", open=True)
def root(call: Call, request: EchoRequest) -> HttpReply:
    """To the pages."""
    return HttpReply(301, [("Location", "/det")])


@route("GET", "/det", open=True)
def without_slash(call: Call, request: EchoRequest) -> HttpReply:
    """To the folder of the pages; a query stays."""
    query = request.http.query
    return HttpReply(301, [("Location", "/det/" + (f"?{query}" if query else ""))])


@route(ANY, "/det/{page*}", open=True)
def page(call: Call, request: EchoRequest) -> HttpReply:
    """A file that is not there."""
    if request.http.method == "GET":
        return errors.echo_reply(404, "Not Found")
    if request.http.method == "OPTIONS":
        return HttpReply(204, [ALLOWED])
    refused = errors.echo_reply(405, "Method Not Allowed")
    refused.headers.append(ALLOWED)
    return refused


route(ANY, "/docs/{page*}", open=True)(page)


@route(ANY, "/prom/det-state-metrics")
def prometheus(call: Call, request: EchoRequest) -> HttpReply:
    """Nothing: there are no metrics unless the master's configuration asks for them."""
    return HttpReply(200, [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")])
