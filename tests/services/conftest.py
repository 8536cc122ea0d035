"""A cluster of unmanaged experiments, asked over plain HTTP in this process."""
from __future__ import annotations

import json
import urllib.parse

import pytest

from fakedet.contract.sending import to_world
from fakedet.settings import Settings
from fakedet.world import World

DAY = "2024-05-01T"


class Detached:
    """A world as a program sees it that trains elsewhere and reports here."""

    def __init__(self, world: World):
        self.world, self._send, self._headers = world, to_world(world), {}
        token = self.post("/api/v1/auth/login", {"username": "admin", "password": ""})["token"]
        self._headers = {"Authorization": f"Bearer {token}"}

    def raw(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        data = None if body is None else json.dumps(body).encode()
        status, _, reply = self._send(method, f"/api/v1{path}" if not path.startswith("/api") else path, self._headers, data)
        return status, reply.decode()

    def call(self, method: str, path: str, body: object = None) -> dict:
        status, reply = self.raw(method, path, body)
        assert status == 200, reply
        return json.loads(reply)

    def get(self, path: str, **query: object) -> dict:
        return self.call("GET", f"{path}?{urllib.parse.urlencode(query, doseq=True)}" if query else path)

    def post(self, path: str, body: object = None) -> dict:
        return self.call("POST", path, body)

    def lines(self, path: str, **query: object) -> list[dict]:
        """The messages of a stream."""
        status, reply = self.raw("GET", f"{path}?{urllib.parse.urlencode(query, doseq=True)}")
        assert status == 200, reply
        return [json.loads(line)["result"] for line in reply.splitlines()]

    def refusal(self, method: str, path: str, body: object = None) -> str:
        """What a refused request is told, `status message`, of a stream too."""
        status, reply = self.raw(method, path, body)
        error = json.loads(reply)["error"]
        return f"{status} {error.get('error') or error.get('message')}"

    def experiment(self, searcher: str = "random", *, metric: str = "loss", smaller_is_better: bool = True, **more: object) -> int:
        config = {"name": "e", "searcher": {"name": searcher, "metric": metric, "smaller_is_better": smaller_is_better, **more}}
        if searcher == "random":
            config["searcher"]["max_trials"] = 8
        return self.post("/experiments", {"config": json.dumps(config), "unmanaged": True})["experiment"]["id"]

    def trial(self, experiment: int = 0, **hparams: object) -> int:
        """A trial of the experiment, by default of a new one."""
        body = {"experimentId": experiment or self.experiment(), "hparams": hparams, "unmanaged": True}
        return self.post("/trials", body)["trial"]["id"]

    def start(self, trial: int) -> int:
        """Begin a run and return its number."""
        return self.post(f"/trials/{trial}/start", {"resume": True})["trialRunId"]

    def report(self, trial: int, step: int | None, group: str = "training", *, run: int = 0, second: int | None = None,
               **metrics: object) -> None:
        self.post(*self.reporting(trial, step, group, run=run, second=second, **metrics))

    def reporting(self, trial: int, step: int | None, group: str = "training", *, run: int = 0, second: int | None = None,
                  **metrics: object) -> tuple[str, dict]:
        """The path and the body of a report."""
        sent = {"trialRunId": run, "stepsCompleted": step, "metrics": {"avgMetrics": metrics}}
        if second is not None:
            sent["reportTime"] = f"{DAY}{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"
        return f"/trials/{trial}/metrics", {"group": group, "metrics": sent}

    def show(self, trial: int) -> dict:
        return self.get(f"/trials/{trial}")["trial"]

    def patch(self, trial: int, state: str) -> dict:
        return self.call("PATCH", f"/trials/{trial}", {"state": f"STATE_{state}"})["trial"]

    def checkpoint(self, trial: int, step: object, number: int) -> str:
        """Report the checkpoint of this number; its uuid."""
        uuid = f"aaaaaaaa-0000-4000-8000-{number:012d}"
        self.post("/checkpoints", {"taskId": self.show(trial)["taskId"], "uuid": uuid, "resources": {"model.bin": 100}, "metadata":
                                   {} if step is None else {"steps_completed": step}, "state": "STATE_COMPLETED"})
        return uuid


@pytest.fixture
def make_detached():
    worlds = []

    def make(**settings: object) -> Detached:
        worlds.append(World(Settings.build({"trials": "manual", "agents": 0, **settings})))
        return Detached(worlds[-1])

    yield make
    for world in worlds:
        world.close()
        assert not world.failures


@pytest.fixture
def detached(make_detached):
    return make_detached()
