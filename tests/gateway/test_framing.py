"""Requests that are no good HTTP, as Go's server refuses them (asked of a real master)."""
from __future__ import annotations

from typing import Any

import pytest

from fakedet.contract.sending import to_world
from fakedet.gateway.framing import refusal
from fakedet.settings import Settings
from fakedet.world import World

FINE = {"REQUEST_METHOD": "GET", "REQUEST_URI": "/info", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "here"}


@pytest.mark.parametrize("more, status, body", [
    ({"HTTP_HOST": None}, 400, b"400 Bad Request: missing required Host header"),
    ({"HTTP_HOST": "one,two"}, 400, b"400 Bad Request"),
    ({"CONTENT_LENGTH": "abc"}, 400, b"400 Bad Request"),
    ({"CONTENT_LENGTH": "-1"}, 400, b"400 Bad Request"),
    ({"CONTENT_LENGTH": "2,3"}, 400, b"400 Bad Request"),
    ({"HTTP_TRANSFER_ENCODING": "gzip"}, 501, b"Unsupported transfer encoding"),
    ({"HTTP_EXPECT": "miracles"}, 417, b""),
    ({"REQUEST_METHOD": "OPTIONS", "REQUEST_URI": "*"}, 200, b""),
])
def test_what_is_no_good_http_is_not_served(more: dict[str, Any], status: int, body: bytes) -> None:
    environ = {name: value for name, value in {**FINE, **more}.items() if value is not None}
    reply = refusal(environ)
    assert reply is not None and (reply.status, reply.body) == (status, body)


@pytest.mark.parametrize("more", [
    {}, {"SERVER_PROTOCOL": "HTTP/1.0", "HTTP_HOST": None}, {"CONTENT_LENGTH": "2,2"}, {"HTTP_TRANSFER_ENCODING": "Chunked"},
    {"HTTP_EXPECT": "100-continue"}, {"REQUEST_METHOD": "OPTIONS"}])
def test_other_requests_are_served(more: dict[str, Any]) -> None:
    assert refusal({name: value for name, value in {**FINE, **more}.items() if value is not None}) is None


@pytest.mark.parametrize("method, path, status, headers", [
    ("GET", "/", 301, {"Location": "/det"}), ("GET", "/det", 301, {"Location": "/det/"}), ("GET", "/det?a=1", 301, {"Location": "/det/?a=1"}),
    ("GET", "/det/x", 404, {}), ("OPTIONS", "/det/", 204, {"Allow": "OPTIONS, GET"}), ("POST", "/docs/x", 405, {"Allow": "OPTIONS, GET"}),
    ("GET", "/prom/det-state-metrics", 401, {})])
def test_the_places_of_pages_answer_where_there_are_none(method: str, path: str, status: int, headers: dict[str, str]) -> None:
    found, sent, _ = to_world(World(Settings()))(method, path, {}, None)
    assert found == status and headers.items() <= dict(sent).items()
