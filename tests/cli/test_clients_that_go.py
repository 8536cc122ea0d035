"""Clients that break off: no traceback in the terminal, and the next one is served."""
from __future__ import annotations

import json
import socket
import struct
import subprocess
import sys
import urllib.request
from urllib.parse import urlsplit

import pytest

WHOLE = b"GET /api/v1/master HTTP/1.1\r\nHost: x\r\n\r\n"
HALF = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nabc"


def break_off(url: str, sent: bytes) -> None:
    """Send, and reset the connection."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port)) as client:
        client.sendall(sent)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.mark.parametrize("sent", [WHOLE, HALF], ids=["before the reply", "within the request"])
def test_a_client_that_breaks_off_is_no_news(sent: bytes) -> None:
    serve = [sys.executable, "-m", "fakedet", "serve", "--port", "0", "--json"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as master:
        assert master.stdout is not None
        url = json.loads(master.stdout.readline())["url"]
        for _ in range(10):
            break_off(url, sent)
        with urllib.request.urlopen(url + "/api/v1/master") as reply:
            assert reply.status == 200
        master.terminate()
        _, complaints = master.communicate(timeout=20)
    assert complaints == ""
