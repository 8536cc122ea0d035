"""Requests as tests make them: an RPC by name, with a body, a query and path variables."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fakedet import spec
from fakedet.domain.errors import InvalidArgument
from fakedet.domain.message import Message
from fakedet.gateway.decode import decode_request

LAYOUT = '"2006-01-02T15:04:05.999999999Z07:00"'


def decode(rpc: str, body: Any = b"", query: str = "", **path: str) -> Message:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return decode_request(spec.rpc(rpc), path, query, raw)


def refusal(rpc: str, body: Any = b"", query: str = "", **path: str) -> str:
    with pytest.raises(InvalidArgument) as caught:
        decode(rpc, body, query, **path)
    return caught.value.message
