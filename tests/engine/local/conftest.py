"""A cluster whose trials are processes of this machine, and scripts for them."""
from __future__ import annotations

import re
import textwrap
import time
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from fakedet.testing.cluster import FakeCluster

#: A script of the Core API that trains as the harness would: reports, saves, leaves when it is asked to, goes on from where it was.
TRAINING = """
import sys, time, determined as det
from determined import core
info = det.get_cluster_info()
run, hparams, begin = info.trial._trial_run_id, info.trial.hparams, 0
with core.init(tensorboard_mode=core.TensorboardMode.MANUAL) as context:
    if info.latest_checkpoint:
        with context.checkpoint.restore_path(info.latest_checkpoint) as path:
            begin = int((path / "step").read_text())
    print(f"run {run} begins at {begin}", flush=True)
    for step in range(begin + 1, hparams["steps"] + 1):
        if step == hparams.get("crash_at") and run <= hparams.get("crashes", 99):
            print("INFO: it breaks", flush=True)
            sys.exit(7)
        time.sleep(hparams.get("seconds", 0))
        context.train.report_validation_metrics(step, {"loss": 1 / step + hparams.get("offset", 0)})
        context.train.report_progress(step / hparams["steps"])
        leaving = context.preempt.should_preempt()
        if leaving or step % hparams.get("period", 1000) == 0 or step == hparams["steps"]:
            with context.checkpoint.store_path({"steps_completed": step}) as (path, uuid):
                (path / "step").write_text(str(step))
        if leaving:
            break
"""


class LocalCluster:
    """Experiments of a fake cluster with `trials="local"`."""

    def __init__(self, cluster: FakeCluster, folder: Path):
        self.fake, self.db, self._folder = cluster, cluster.world.db, folder

    def submit(self, script: str = TRAINING, hparams: dict[str, Any] | None = None, **config: Any) -> Any:
        """An experiment of the SDK that runs `script`."""
        (self._folder / "train.py").write_text(textwrap.dedent(script))
        base = {"name": "local", "entrypoint": "python3 train.py", "max_restarts": 0, "searcher": {"name": "single", "metric": "loss"},
                "hyperparameters": {"steps": 2, **(hparams or {})}}
        return self.fake.client.create_experiment({**base, **config}, str(self._folder))

    def trial(self, number: int = 1) -> dict[str, Any]:
        """The row of a trial."""
        return self.db.trials.row(number)

    def log(self, number: int = 1) -> str:
        """What the log of a trial says."""
        return "".join(line["log"] for link in self.db.trial_tasks.rows(trial_id=number)
                       for line in self.db.task_logs.rows(task_id=link["task_id"]))

    def printed(self, pattern: str, number: int = 1) -> re.Match[str]:
        """The line of a trial's log that matches, as soon as there is one."""
        line = re.compile(f"^{pattern}$", re.MULTILINE)
        self.wait(lambda: line.search(self.log(number)))
        found = line.search(self.log(number))
        assert found is not None
        return found

    def wait(self, holds: Callable[[], Any], seconds: float = 120) -> None:
        """Fail with the log of the first trial if it does not hold in time."""
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.05)

    def wait_for_end(self, number: int = 1) -> str:
        """The state in which an experiment ends."""
        self.wait(lambda: self.db.experiments.row(number)["state"] in ("COMPLETED", "CANCELED", "ERROR"))
        return str(self.db.experiments.row(number)["state"])


@pytest.fixture
def local(request: pytest.FixtureRequest, make_fake_determined: Callable[..., FakeCluster], tmp_path: Path) -> Iterator[LocalCluster]:
    """The cluster of a test; its parameter is the number of slots, or settings."""
    asked = getattr(request, "param", 1)
    settings = asked if isinstance(asked, dict) else {"slots": asked}
    folder = tmp_path / "context"
    folder.mkdir()
    cluster = LocalCluster(make_fake_determined(**{"trials": "local", "storage_path": str(tmp_path / "ck"), **settings}), folder)
    yield cluster
    assert cluster.fake.world.failures == []
