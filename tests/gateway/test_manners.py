"""What clients of all kinds send over a socket, and how the real master answers it."""
from __future__ import annotations

import gzip
import json
import re
import socket
import threading
from typing import Iterator

import pytest
from furnished import furnished_world, furniture

from fakedet.gateway.server import Server
from fakedet.gateway.worlds import Worlds

PATIENCE = 20.0
Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    world = furnished_world()
    with Server(Worlds(world), eager=True) as server:
        yield server.port
    assert world.failures == []
    world.close()


def asked(port: int, request: str, *headers: str, body: bytes = b"") -> Answer:
    """The answer to these very bytes."""
    token = furniture()[1]["admin"]["Authorization"]
    lines = [request, "Host: localhost", f"Authorization: {token}", "Connection: close", *headers]
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        head, _, rest = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")
    status, *found = head.decode("latin-1").split("\r\n")
    return int(status.split()[1]), {name.lower(): value for name, value in (line.split(": ", 1) for line in found)}, rest


@pytest.mark.parametrize("target, status", [
    ("/api/v1/me", 200), ("http://elsewhere/api/v1/me", 200), ("/api/v1/me/", 200), ("//api/v1/me", 404), ("/api/v1//me", 501),
    ("/api/v1/../v1/me", 501), ("/api/v1/m%65", 200), ("/api/v1/me?a=1&a=2&=", 200), ("/api/v1/models/\xe9", 500), ("/api/v1/models/%zz", 400),
    ("http://elsewhere", 301),
])
def test_the_target_is_read_as_it_was_sent(port: int, target: str, status: int) -> None:
    assert asked(port, f"GET {target} HTTP/1.1")[0] == status


def test_bodies_are_compressed_for_who_takes_gzip_under_the_api_only(port: int) -> None:
    status, headers, body = asked(port, "GET /api/v1/users/99 HTTP/1.1", "Accept-Encoding: deflate, gzip")
    assert (status, headers["content-encoding"]) == (404, "gzip")
    assert json.loads(gzip.decompress(body))["error"]["error"] == "user not found"
    assert "content-encoding" not in asked(port, "GET /api/v1/users/99 HTTP/1.1", "Accept-Encoding: deflate")[1]
    assert "content-encoding" not in asked(port, "GET /info HTTP/1.1", "Accept-Encoding: gzip")[1]


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE"])
def test_other_methods_are_not_implemented_and_promise_nothing_to_browsers(port: int, method: str) -> None:
    status, headers, body = asked(port, f"{method} /api/v1/me HTTP/1.1", "Origin: http://x", "Access-Control-Request-Method: GET")
    assert status == 501 and (body == b"") == (method == "HEAD")
    assert not any(name.startswith("access-control") for name in headers)


def test_head_outside_the_api_has_no_type(port: int) -> None:
    status, headers, body = asked(port, "HEAD /info HTTP/1.1")
    assert (status, headers.get("content-type"), body) == (404, None, b"")


def test_a_body_in_chunks_is_read(port: int) -> None:
    chunks = b'b\r\n{"name": "c\r\n6\r\nhunks"\r\n1\r\n}\r\n0\r\n\r\n'
    status, _, body = asked(port, "POST /api/v1/workspaces HTTP/1.1", "Transfer-Encoding: chunked", body=chunks)
    assert (status, json.loads(body)["workspace"]["name"]) == (200, "chunks")


def test_a_client_may_wait_before_it_sends_its_body(port: int) -> None:
    status, headers, rest = asked(port, "POST /api/v1/workspaces HTTP/1.1", "Expect: 100-continue", "Content-Length: 19", body=b'{"name": "patient"}')
    assert status == 100 and re.search(rb"HTTP/1.1 200 .*patient", rest, re.DOTALL)


def test_streams_say_of_which_type_they_are(port: int) -> None:
    status, headers, _ = asked(port, "GET /api/v1/master/logs HTTP/1.1")
    assert (status, headers["content-type"], headers["grpc-metadata-content-type"]) == (200, "application/json", "application/grpc")


def test_nothing_waits_for_a_client_that_has_left_its_stream(port: int) -> None:
    before = set(threading.enumerate())
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        token = furniture()[1]["admin"]["Authorization"]
        connection.sendall(f"GET /api/v1/master/logs?follow=true HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\n\r\n".encode())
        assert connection.recv(12) == b"HTTP/1.1 200"
        serving = set(threading.enumerate()) - before
    for thread in serving:
        thread.join(PATIENCE)
    assert serving and not any(thread.is_alive() for thread in serving)
