"""Many clients at once over sockets: nothing is lost, nothing fails, what one thread sends keeps its order."""
from __future__ import annotations

import json
import threading
import urllib.request
import uuid
from typing import Any

import pytest

THREADS = 8
CONFIG = "name: threads\nsearcher: {name: single, metric: loss}\ncheckpoint_storage: {type: shared_fs, host_path: /tmp}\n"


class Client:
    """A signed-in client with an unmanaged trial of its own."""

    def __init__(self, url: str):
        self._url, self._token = url, ""
        self._token = self.call("POST", "/auth/login", {"username": "determined", "password": ""})["token"]
        self.experiment = self.call("POST", "/experiments", {"config": CONFIG, "unmanaged": True})["experiment"]["id"]
        trial = self.call("POST", "/trials", {"experimentId": self.experiment, "hparams": {}, "unmanaged": True})["trial"]
        self.trial, self.task = trial["id"], trial["taskId"]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        asked = urllib.request.Request(f"{self._url}/api/v1{path}", None if body is None else json.dumps(body).encode(), headers, method=method)
        with urllib.request.urlopen(asked) as reply:
            return json.load(reply)

    def work(self, rounds: int) -> None:
        """Four kinds of calls a round: a metric, a checkpoint, a list, a label."""
        for step in range(1, rounds + 1):
            metrics = {"trialId": self.trial, "trialRunId": 0, "stepsCompleted": step, "metrics": {"avgMetrics": {"loss": step}}}
            self.call("POST", f"/trials/{self.trial}/metrics", {"group": "validation", "metrics": metrics})
            self.call("POST", "/checkpoints", {"taskId": self.task, "uuid": str(uuid.uuid4()), "state": "STATE_COMPLETED",
                                               "resources": {"model": "10"}, "metadata": {"steps_completed": step}})
            self.call("GET", f"/experiments/{self.experiment}/checkpoints?limit=5")
            self.call("PATCH", f"/experiments/{self.experiment}", {"id": self.experiment, "notes": str(step)})

    def steps(self) -> list[int]:
        """The steps of its checkpoints in the order in which they were reported."""
        listed = self.call("GET", f"/trials/{self.trial}/checkpoints?sortByAttr=SORT_BY_END_TIME&orderBy=ORDER_BY_ASC&limit=0")
        return [checkpoint["metadata"]["steps_completed"] for checkpoint in listed["checkpoints"]]


@pytest.mark.parametrize("rounds", [10, pytest.param(250, marks=pytest.mark.slow)])
def test_eight_threads_of_mixed_calls_lose_nothing_and_meet_no_error(fake_determined: Any, rounds: int) -> None:
    clients = [Client(fake_determined.url) for _ in range(THREADS)]
    failures: list[BaseException] = []

    def run(client: Client) -> None:
        try:
            client.work(rounds)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures and len({client.trial for client in clients}) == THREADS
    for client in clients:
        assert client.steps() == list(range(1, rounds + 1))
        experiment = client.call("GET", f"/experiments/{client.experiment}")["experiment"]
        assert (experiment["notes"], experiment["checkpointCount"]) == (str(rounds), rounds)
        assert client.call("GET", f"/trials/{client.trial}")["trial"]["latestValidation"]["totalBatches"] == rounds
