"""A server that is killed between the commit of a deletion and the removal of the files: files are left, no record lies, and they go at last."""
from __future__ import annotations

import contextlib
import json
import os
import signal
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any, Callable

import pytest

from tests.cli.test_serve import ask, serving, signed_in

pytestmark = pytest.mark.slow
CONFIG = {"name": "n", "entrypoint": "x", "searcher": {"name": "single", "metric": "loss"}, "hyperparameters": {},
          "data": {"fakedet": {"batches": 100}}}


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def delete(url: str, token: str, uuid: str) -> None:
    """Ask for the deletion; the answer never comes if the server is killed."""
    request = urllib.request.Request(f"{url}/api/v1/checkpoints", json.dumps({"checkpointUuids": [uuid]}).encode(), method="DELETE",
                                     headers={"Authorization": f"Bearer {token}"})
    with contextlib.suppress(OSError):
        urllib.request.urlopen(request, timeout=60).close()


def checkpoint(url: str, token: str, uuid: str) -> dict[str, Any]:
    found: dict[str, Any] = ask(url, f"/api/v1/checkpoints/{uuid}", token=token)["checkpoint"]
    return found


def test_kill_9_between_commit_and_removal_leaves_files_and_never_a_listed_checkpoint_without_them(tmp_path: Path) -> None:
    arguments = ("--data", str(tmp_path / "data"), "--speed", "instant")
    with serving(*arguments) as (url, process):
        token = signed_in(url)
        made = ask(url, "/api/v1/experiments", {"config": json.dumps(CONFIG), "activate": True}, token)["experiment"]["id"]
        (listed,) = ask(url, f"/api/v1/experiments/{made}/checkpoints", token=token)["checkpoints"]
        uuid = listed["uuid"]
        folder = tmp_path / "data" / "checkpoints" / uuid
        before = sorted(path.name for path in folder.iterdir())
        ask(url, "/__fakedet/damage", {"checkpoint": uuid, "do": "slow", "seconds": 1})
        threading.Thread(target=delete, args=(url, token, uuid), daemon=True).start()
        until(lambda: checkpoint(url, token, uuid)["state"] == "STATE_DELETED")
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
    assert sorted(path.name for path in folder.iterdir()) == before
    with serving(*arguments) as (url, _):
        assert checkpoint(url, token, uuid)["state"] == "STATE_DELETED"
        until(lambda: not folder.exists())
