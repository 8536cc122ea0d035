"""The same calls over TCP against fakedet and against a real master at the URL given, in turns, in one run.

    python -m benchmarks.against_master http://127.0.0.1:18080
"""
from __future__ import annotations

import itertools
import json
import subprocess
import sys
import uuid
from typing import Any, Callable

import requests

from benchmarks.side_by_side import percentile, report, timed

CONFIG = "name: bench\nsearcher: {name: single, metric: loss}\ncheckpoint_storage: {type: shared_fs, host_path: /tmp}\n"
CHECKPOINTS = 50
ROUNDS = 60


class Client:
    """One signed-in client with an unmanaged experiment of 50 checkpoints."""

    def __init__(self, url: str):
        self._url, self._session, self._steps = url, requests.Session(), itertools.count(1)
        self.login()
        self.experiment = self.create()["experiment"]["id"]
        trial = self._call("POST", "/trials", {"experimentId": self.experiment, "hparams": {}, "unmanaged": True})["trial"]
        self.trial, self._task = trial["id"], trial["taskId"]
        for _ in range(CHECKPOINTS):
            self.checkpoint()

    def login(self) -> None:
        reply = self._call("POST", "/auth/login", {"username": "admin", "password": ""})
        self._session.headers["Authorization"] = "Bearer " + reply["token"]

    def create(self) -> Any:
        return self._call("POST", "/experiments", {"config": CONFIG, "unmanaged": True})

    def metric(self) -> None:
        step = next(self._steps)
        metrics = {"trialId": self.trial, "trialRunId": 0, "stepsCompleted": step, "metrics": {"avgMetrics": {"loss": 1 / step}}}
        self._call("POST", f"/trials/{self.trial}/metrics", {"group": "validation", "metrics": metrics})

    def checkpoint(self) -> None:
        self._call("POST", "/checkpoints", {"taskId": self._task, "uuid": str(uuid.uuid4()), "state": "STATE_COMPLETED",
                                            "resources": {"model": "10"}, "metadata": {"steps_completed": next(self._steps)}})

    def list_checkpoints(self) -> None:
        self._call("GET", f"/experiments/{self.experiment}/checkpoints?limit={CHECKPOINTS}")

    def get_trial(self) -> None:
        self._call("GET", f"/trials/{self.trial}")

    def workflow(self) -> None:
        """What a small pipeline does: create, report, save, look."""
        self.create()
        for _ in range(5):
            self.metric()
            self.checkpoint()
        self.list_checkpoints()
        self.get_trial()

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        reply = self._session.request(method, self._url + "/api/v1" + path, data=None if body is None else json.dumps(body))
        reply.raise_for_status()
        return reply.json()


def main(real: str) -> None:
    """Print milliseconds and ratios, call by call."""
    serve = [sys.executable, "-m", "fakedet", "serve", "--port", "0", "--json", "--agents", "0"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        clients = {"real master": Client(real), "fakedet": Client(json.loads(process.stdout.readline())["url"])}
        for name in ("login", "create", "metric", "checkpoint", "list_checkpoints", "get_trial", "workflow"):
            ways: dict[str, Callable[[], object]] = {who: getattr(client, name) for who, client in clients.items()}
            samples = timed(ways, rounds=ROUNDS)
            for percent in (50, 95):
                report(f"{name}, p{percent}", {who: percentile(times, percent) for who, times in samples.items()}, "fakedet")
        process.terminate()


if __name__ == "__main__":
    main(sys.argv[1])
