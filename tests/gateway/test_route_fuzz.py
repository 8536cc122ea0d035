"""Whatever is asked, the answer is one that was planned, and the world stays consistent."""
from __future__ import annotations

import json
from typing import Any

import pytest
from consistency import inconsistencies
from furnished import furnished_world, furniture
from fuzzing import request
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fakedet.gateway import app
from fakedet.gateway.http import HttpReply, HttpRequest
from fakedet.world import World

#: Requests that one world sees one after another.
SEQUENCE = 25
seeds = st.integers(0, 2**63)
UNHURRIED = {"deadline": None, "database": None, "suppress_health_check": [HealthCheck.too_slow], "phases": (Phase.generate,)}


def converse(seed: int) -> None:
    """Ask a furnished world a sequence of requests."""
    world = furnished_world()
    requests = [request(seed * SEQUENCE + number) for number in range(SEQUENCE)]
    try:
        for asked in requests:
            check(world, asked, app.answer(world, asked))
        assert inconsistencies(world.db) == [], "\n".join(map(str, requests))
    finally:
        world.close()


def check(world: World, asked: HttpRequest, reply: HttpReply) -> None:
    """The reply was planned and can be sent."""
    body = reply.body if isinstance(reply.body, bytes) else b"".join(reply.body)
    assert not world.failures, f"{asked} -> {reply.status} {body[:300]!r}"
    assert all(isinstance(text, str) and text.isprintable() for header in reply.headers for text in header), f"{asked} -> {reply.headers}"
    if body and reply.header("Content-Type") == "application/json":
        assert documents(body), f"{asked} -> {body!r}"


def documents(body: bytes) -> list[Any]:
    """The JSON documents of a reply or a stream."""
    try:
        return [json.loads(body)]
    except json.JSONDecodeError:
        return [json.loads(line) for line in body.splitlines()]


@pytest.mark.parametrize(("method", "path", "body", "status"), [
    ("POST", "/api/v1/trials/profiler/metrics", {"batches": [{}]}, 500),
])
def test_a_request_that_once_met_an_unplanned_error_is_answered(method: str, path: str, body: Any, status: int) -> None:
    world, headers = furnished_world(), {"authorization": furniture()[1]["admin"]["Authorization"]}
    reply = app.answer(world, HttpRequest(method, path, "", headers, json.dumps(body).encode()))
    world.close()
    assert (reply.status, world.failures) == (status, [])


@settings(max_examples=40, derandomize=True, **UNHURRIED)
@given(seeds)
def test_a_thousand_random_requests_meet_no_unplanned_error(seed: int) -> None:
    converse(seed)


@pytest.mark.slow
@settings(max_examples=20_000 // SEQUENCE, **UNHURRIED)
@given(seeds)
def test_twenty_thousand_random_requests_meet_no_unplanned_error(seed: int) -> None:
    converse(seed)
