"""What only an old sign-in or the setting `client` tells: how experiments ended and went with masters of their time."""
from __future__ import annotations

import json
from typing import Any

import pytest

from fakedet.gateway import app
from fakedet.gateway.http import HttpRequest
from fakedet.settings import Settings
from fakedet.world import World

EXPERIMENT = "/api/v1/experiments/1"
CONFIG = {"name": "e", "entrypoint": "train", "searcher": {"name": "single", "metric": "loss", "max_length": {"batches": 1}},
          "resources": {"slots_per_trial": 0}}


class Client:
    """Signs in as clients up to 0.19.7 do, or as newer ones, to a world without an agent."""

    def __init__(self, world: World, path: str):
        self.world, self.token = world, ""
        self.token = self.ask("POST", path, {"username": "determined", "password": "", "isHashed": True})[1]["token"]
        self.ask("POST", "/api/v1/experiments", {"config": json.dumps(CONFIG), "activate": True})
        self.ask("POST", EXPERIMENT + "/cancel")

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        headers = {"user-agent": "python-requests/2", **({"authorization": f"Bearer {self.token}"} if self.token else {})}
        reply = app.answer(self.world, HttpRequest(method, path, "", headers, json.dumps(body or {}).encode()))
        return reply.status, json.loads(bytes(reply.body))


@pytest.fixture
def client(request):
    settings, path = request.param
    world = World(Settings(agents=0, **settings))
    yield Client(world, path)
    world.close()


OLD, NEWER = ({}, "/login"), ({}, "/api/v1/auth/login")


@pytest.mark.parametrize("client", [OLD], indirect=True)
def test_a_deleted_experiment_waits_for_an_agent_even_without_checkpoints(client) -> None:
    assert client.ask("DELETE", EXPERIMENT)[0] == 200
    assert client.ask("GET", EXPERIMENT)[1]["experiment"]["state"] == "STATE_DELETING"


@pytest.mark.parametrize("client", [NEWER], indirect=True)
def test_newer_masters_delete_it_at_once(client) -> None:
    client.ask("DELETE", EXPERIMENT)
    assert client.ask("GET", EXPERIMENT)[0] == 404


@pytest.mark.parametrize("client", [OLD], indirect=True)
def test_a_refused_deletion_leaves_no_task(client) -> None:
    client.world.db.experiments.change(1, state="ACTIVE")
    assert client.ask("DELETE", EXPERIMENT)[0] != 200
    assert client.world.db.tasks.rows(type="CHECKPOINT_GC") == []


@pytest.mark.parametrize(("client", "status"), [(({"client": "0.23.4"}, NEWER[1]), 500), (({"client": "0.26.2"}, NEWER[1]), 200), (NEWER, 200)],
                         indirect=["client"])
def test_an_experiment_that_just_ended_could_not_be_killed(client, status) -> None:
    assert client.ask("POST", EXPERIMENT + "/kill")[0] == status
