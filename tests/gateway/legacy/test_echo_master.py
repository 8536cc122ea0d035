"""What clients ask of the master outside /api/v1: its config, its log, templates, previews of searches and of policies."""
from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from fakedet.gateway import app
from fakedet.gateway.http import HttpRequest
from fakedet.settings import Settings
from fakedet.world import World

IN_STEPS = {"description": "d", "entrypoint": "m:T", "hyperparameters": {"global_batch_size": 1}, "min_validation_period": 1,
            "searcher": {"name": "random", "metric": "loss", "max_trials": 3, "max_steps": 2}}
IN_BATCHES = {**IN_STEPS, "min_validation_period": {"batches": 100},
              "searcher": {"name": "random", "metric": "loss", "max_trials": 3, "max_length": {"batches": 200}}}


class Client:
    """A client of 0.17.2 or older, without rights."""

    def __init__(self, world: World):
        self.world, self.token = world, ""
        self.token = self.ask("POST", "/login", {"username": "determined", "password": ""})[1]["token"]

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        headers = {"user-agent": "python-requests/2", "content-type": "application/json"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        path, _, query = path.partition("?")
        reply = app.answer(self.world, HttpRequest(method, path, query, headers, json.dumps(body).encode() if body is not None else b""))
        return reply.status, json.loads(bytes(reply.body) or b"null")


@pytest.fixture
def client():
    world = World(Settings())
    yield Client(world)
    world.close()


def test_anybody_reads_the_config(client) -> None:
    status, config = client.ask("GET", "/config")
    assert status == 200 and "checkpoint_storage" in config


def test_the_log_is_read_from_its_end_or_after_an_entry(client) -> None:
    everything = client.ask("GET", "/logs")[1]
    assert [entry["id"] for entry in everything] == list(range(len(everything)))
    assert everything[0]["level"] == "info"
    assert client.ask("GET", "/logs?tail=1")[1] == everything[-1:]
    assert client.ask("GET", "/logs?greater_than_id=0")[1] == everything[1:]


def test_templates_are_put_listed_and_removed(client) -> None:
    assert client.ask("PUT", "/templates/t", {"description": "d"})[0] == 204
    (listed,) = client.ask("GET", "/templates")[1]
    assert client.ask("GET", "/templates/t")[1] == listed
    assert (listed["name"], base64.b64decode(listed["config"])) == ("t", b"description: d\n")
    assert client.ask("DELETE", "/templates/t")[0] == 204
    assert client.ask("GET", "/templates")[1] == []


@pytest.mark.parametrize(("config", "results"), [(IN_STEPS, {"SSV": 3}), (IN_BATCHES, {"200B": 3})])
def test_a_preview_counts_in_the_clients_own_unit(client, config, results) -> None:
    assert client.ask("POST", "/searcher/preview", config)[1]["results"] == results


def test_a_preview_of_nothing_is_refused(client) -> None:
    assert client.ask("POST", "/searcher/preview", {"description": "d"})[0] == 400


def test_a_policy_is_previewed_with_the_steps_of_checkpoints(client) -> None:
    client.ask("POST", "/experiments", {"experiment_config": json.dumps({**IN_STEPS, "checkpoint_policy": "all"}), "model_definition": []})
    client.ask("PATCH", "/experiments/1", {"state": "ACTIVE"})
    client.world.engine.settle()
    own = client.ask("GET", "/experiments/1/preview_gc")[1]["checkpoints"]
    none_kept = "save_experiment_best=0&save_trial_best=0&save_trial_latest=0"
    rows = client.ask("GET", f"/experiments/1/preview_gc?{none_kept}")[1]["checkpoints"]
    assert len(rows) > len(own)
    assert all(row["uuid"] == row["UUID"] and row["step"]["validation"] and row["step"]["total_batches"] for row in rows)


def test_an_ended_experiment_still_takes_resources(client) -> None:
    client.ask("POST", "/experiments", {"experiment_config": json.dumps(IN_STEPS), "model_definition": []})
    client.ask("POST", "/experiments/1/kill")
    assert client.ask("PATCH", "/experiments/1", {"resources": {"weight": 2, "max_slots": 3}})[0] == 204
    resources = client.ask("GET", "/experiments/1/config")[1]["resources"]
    assert (resources["weight"], resources["max_slots"]) == (2, 3)
    assert client.ask("PATCH", "/experiments/9", {"resources": {"weight": 2}})[0] == 404
