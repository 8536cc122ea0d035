"""A master that is killed takes its trials with it; the next one on the same data lets them go on."""
from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable

import pytest

pytestmark = pytest.mark.slow
TRAINING = """
import os, time, determined as det
from determined import core
info = det.get_cluster_info()
with core.init(tensorboard_mode=core.TensorboardMode.MANUAL) as context:
    print("process", os.getpid(), "goes on from", info.trial._steps_completed, flush=True)
    with context.checkpoint.store_path({"steps_completed": 5}):
        pass
    if info.trial._trial_run_id == 1:
        time.sleep(200)
"""


def serve(data: Path) -> tuple[subprocess.Popen[str], Any]:
    """A serving process and the SDK's client of it."""
    from determined import experimental

    process = subprocess.Popen([sys.executable, "-m", "fakedet", "serve", "--port", "0", "--json", "--trials", "local", "--data", str(data)],
                               stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url = json.loads(process.stdout.readline())["url"]
    return process, experimental.Determined(master=url, user="determined", password="")


def soon(found: Callable[[], Any], seconds: float = 120) -> Any:
    """What is found, as soon as it is."""
    deadline = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return result


def process_of(client: Any, steps: int) -> "re.Match[str] | None":
    """The line that a trial prints at its beginning."""
    log = "".join(client.get_trial(1).logs())
    return re.search(rf"process (\d+) goes on from {steps}\n", log)


def test_a_trial_dies_with_the_master_and_goes_on_from_its_latest_checkpoint_with_the_next(tmp_path: Path) -> None:
    (tmp_path / "context").mkdir()
    (tmp_path / "context" / "train.py").write_text(TRAINING)
    config = {"name": "long", "entrypoint": "python3 train.py", "max_restarts": 0, "searcher": {"name": "single", "metric": "loss"}}
    master, client = serve(tmp_path / "data")
    try:
        client.create_experiment(config, str(tmp_path / "context"))
        first = int(soon(lambda: process_of(client, 0))[1])
        soon(lambda: client.get_trial(1).list_checkpoints())
    finally:
        os.kill(master.pid, signal.SIGKILL)
        master.wait()
    soon(lambda: not os.path.exists(f"/proc/{first}"), 10)
    master, client = serve(tmp_path / "data")
    try:
        assert client.get_experiment(1).wait(interval=0.1).value == "STATE_COMPLETED"
        assert process_of(client, 5)
        assert client._session.get("/api/v1/trials/1").json()["trial"]["restarts"] == 0
    finally:
        master.terminate()
        master.wait()
