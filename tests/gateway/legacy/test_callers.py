"""Who asks is told by the way it signed in and by its library; what today's clients send passes untouched."""
from __future__ import annotations

import json

import pytest

from fakedet.gateway import app
from fakedet.gateway.http import HttpReply, HttpRequest
from fakedet.gateway.legacy.caller import FIRST, TODAY, Caller, caller_of
from fakedet.settings import BadSetting, Settings
from fakedet.world import World

LIBRARY = "python-requests/2.31.0"


@pytest.fixture
def world():
    world = World(Settings())
    yield world
    world.close()


def sign_in(world: World, **headers: str) -> str:
    body = json.dumps({"username": "determined", "password": ""}).encode()
    token: str = json.loads(bytes(app.answer(world, HttpRequest("POST", "/login", "", {"user-agent": LIBRARY, **headers}, body)).body))["token"]
    return token


def get(world: World, path: str, token: str, query: str = "", **headers: str) -> HttpReply:
    return app.answer(world, HttpRequest("GET", path, query, {"authorization": f"Bearer {token}", **headers}))


@pytest.mark.parametrize(("headers", "span"), [({"content-type": "application/json"}, (FIRST, (0, 17, 2))), ({}, ((0, 17, 3), (0, 19, 7)))])
def test_the_old_sign_in_tells_the_span_of_releases(world, headers, span) -> None:
    request = HttpRequest("GET", "/", headers={"authorization": "Bearer " + sign_in(world, **headers)})
    assert caller_of(request, "") == Caller(*span)


def test_a_client_of_unknown_age_is_newer_than_the_old_sign_in() -> None:
    assert caller_of(HttpRequest("GET", "/", headers={"user-agent": LIBRARY}), "") == Caller((0, 19, 8), TODAY)


def test_a_browser_gets_no_mark(world) -> None:
    request = HttpRequest("POST", "/login", "", {"content-type": "application/json"}, b'{"username": "determined", "password": ""}')
    assert b"~" not in bytes(app.answer(world, request).body)


def test_whoever_is_no_client_is_as_of_today() -> None:
    assert caller_of(HttpRequest("GET", "/", headers={"user-agent": "curl/8"}), "") == Caller(TODAY, TODAY)


def test_the_setting_outdoes_all_signs() -> None:
    assert caller_of(HttpRequest("GET", "/", headers={"user-agent": LIBRARY}), "0.17.15") == Caller((0, 17, 15), (0, 17, 15), told=True)


def test_a_setting_that_is_no_release_is_refused() -> None:
    with pytest.raises(BadSetting, match="client is 'old'"):
        Settings.build({"client": "old"})


def test_a_marked_token_opens_routes_of_all_ages(world) -> None:
    token = sign_in(world)
    assert [get(world, path, token).status for path in ("/users/me", "/api/v1/me", "/experiments")] == [200, 200, 200]


def test_routes_that_are_gone_stay_gone_for_others(world) -> None:
    token = sign_in(world).partition("~")[0]
    assert get(world, "/experiments", token).status == 404
    assert get(world, "/experiments", token, **{"user-agent": LIBRARY}).status == 200


def test_time_series_are_no_trial_though_their_path_looks_like_one(world) -> None:
    token = sign_in(world, **{"user-agent": LIBRARY})
    for path, body in (("experiments", {"unmanaged": True, "config": '{"name": "e", "searcher": {"name": "single", "metric": "loss"}}'}),
                       ("trials", {"unmanaged": True, "experimentId": 1, "hparams": {}})):
        app.answer(world, HttpRequest("POST", f"/api/v1/{path}", "", {"authorization": f"Bearer {token}"}, json.dumps(body).encode()))
    reply = get(world, "/api/v1/trials/time-series", token, "trialIds=1&metricNames=a&metricType=METRIC_TYPE_TRAINING")
    assert [one["trial"]["id"] for one in json.loads(reply.body)["trials"]] == [1]
