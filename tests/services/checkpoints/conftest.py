"""A cluster whose checkpoints are reported over plain HTTP in this process, with real files in a folder of the test."""
from __future__ import annotations

import json
import urllib.parse

import pytest

from fakedet.contract.sending import to_world
from fakedet.settings import Settings
from fakedet.world import World

CONFIG = {"name": "c", "searcher": {"name": "single", "metric": "loss", "smaller_is_better": True}, "resources": {"slots_per_trial": 0}}


class Cluster:
    """A world as a client sees it; `reply_headers` are those of the last reply."""

    def __init__(self, world: World):
        self.world, self._send, self._headers, self.reply_headers = world, to_world(world), {}, {}
        self._tasks: dict[int, str] = {}
        self._uuids = 0
        self.sign_in("admin")

    def sign_in(self, username: str) -> None:
        self._headers = {}
        token = self.post("/api/v1/auth/login", {"username": username, "password": ""})["token"]
        self._headers = {"Authorization": f"Bearer {token}"}

    def raw(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, bytes]:
        data = None if body is None else json.dumps(body).encode()
        status, self.reply_headers, reply = self._send(method, path, {**self._headers, **headers}, data)
        return status, reply

    def call(self, method: str, path: str, body: object = None, status: int = 200) -> dict:
        found, reply = self.raw(method, path, body)
        assert found == status, reply
        return json.loads(reply)

    def get(self, path: str, status: int = 200, **query: object) -> dict:
        return self.call("GET", f"{path}?{urllib.parse.urlencode(query, doseq=True)}" if query else path, status=status)

    def post(self, path: str, body: object = None, status: int = 200) -> dict:
        return self.call("POST", path, body, status)

    def refusal(self, method: str, path: str, body: object = None) -> str:
        """What a refused request is told, `code message`."""
        error = json.loads(self.raw(method, path, body)[1])["error"]
        return f"{error['code']} {error['error']}"

    def experiment(self, smaller_is_better: bool = True, own_storage: dict | None = None, **storage: object) -> int:
        own = own_storage or self.world.storages.default_config()
        config = {**CONFIG, "searcher": {**CONFIG["searcher"], "smaller_is_better": smaller_is_better},
                  "checkpoint_storage": {**own, **storage}}
        body = {"config": json.dumps(config), "unmanaged": True, "projectId": 1}
        return self.post("/api/v1/experiments", body)["experiment"]["id"]

    def trial(self, experiment: int) -> int:
        trial = self.post("/api/v1/trials", {"experimentId": experiment, "hparams": {"lr": 0.1}, "unmanaged": True})["trial"]
        self._tasks[trial["id"]] = trial["taskId"]
        return trial["id"]

    def metrics(self, trial: int, step: int, group: str = "validation", **values: object) -> None:
        self.post(f"/api/v1/trials/{trial}/metrics", {"group": group, "metrics": {
            "trialId": trial, "trialRunId": 0, "stepsCompleted": step, "metrics": {"avgMetrics": values}}})

    def checkpoint(self, trial: int, step: object = None, files: dict[str, bytes] | None = None, **more: object) -> str:
        """Report a checkpoint whose files are really there; its uuid."""
        self._uuids += 1
        uuid = f"bbbbbbbb-0000-4000-8000-{self._uuids:012d}"
        for path, content in (files or {}).items():
            self.storage.write(uuid, path, content)
        metadata = {} if step is None else {"steps_completed": step}
        self.post("/api/v1/checkpoints", {
            "taskId": self._tasks[trial], "uuid": uuid, "reportTime": f"2024-05-01T11:{self._uuids // 60:02d}:{self._uuids % 60:02d}Z",
            "resources": self.storage.list(uuid) if files else {"model.bin": 100}, "metadata": metadata, **more})
        return uuid

    @property
    def storage(self):
        return self.world.storages.backend(self.world.storages.default_config())

    def show(self, uuid: str) -> dict:
        return self.get(f"/api/v1/checkpoints/{uuid}")["checkpoint"]

    def state(self, uuid: str) -> str:
        return self.show(uuid)["state"].removeprefix("STATE_")

    def order(self, parent: str, **query: object) -> list[int]:
        """The numbers of the checkpoints of `experiments/1` or `trials/1` as they are listed."""
        return [int(found["uuid"][-12:]) for found in self.get(f"/api/v1/{parent}/checkpoints", **query)["checkpoints"]]

    def register(self, uuid: str, model: str = "m") -> None:
        self.post("/api/v1/models", {"name": model})
        self.post(f"/api/v1/models/{model}/versions", {"checkpointUuid": uuid})

    def totals(self, kind: str, number: int) -> tuple[int, int]:
        """Bytes and number of checkpoints of an experiment or a trial."""
        if kind == "experiment":
            found = self.get(f"/api/v1/experiments/{number}")["experiment"]
            return int(found["checkpointSize"]), found["checkpointCount"]
        found = self.get(f"/api/v1/trials/{number}")["trial"]
        return int(found["totalCheckpointSize"]), found["checkpointCount"]


@pytest.fixture
def make_cluster(tmp_path):
    worlds = []

    def make(**settings: object) -> Cluster:
        folder = tmp_path / f"cluster{len(worlds)}"
        folder.mkdir()
        worlds.append(World(Settings.build({"trials": "manual", "storage_path": str(folder), **settings})))
        return Cluster(worlds[-1])

    yield make
    for world in worlds:
        world.close()
        assert not world.failures


@pytest.fixture
def cluster(make_cluster):
    return make_cluster()


@pytest.fixture
def upstream(make_cluster):
    return make_cluster(semantics="upstream")


@pytest.fixture(params=["documented", "upstream"])
def either(request, make_cluster):
    """A cluster of each semantics, for what is the same in both."""
    return make_cluster(semantics=request.param)
