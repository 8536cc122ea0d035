"""The first hour of a new user: `fakedet serve` in one terminal, the real `det` and the real SDK in another."""
from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Iterator

import pytest

from fakedet.contract import det
from tests.cli.test_serve import serving

CONFIG = """
name: {name}
entrypoint: python3 train.py
searcher: {{name: {searcher}, metric: loss{more}}}
hyperparameters:
  lr: {{type: double, minval: 0.1, maxval: 0.9, count: 2}}
min_validation_period: {{batches: 100}}
checkpoint_policy: all
checkpoint_storage: {{save_experiment_best: 0, save_trial_best: 5, save_trial_latest: 5}}
data: {{fakedet: {{batches: 500}}}}
"""
SDK = """
    import sys
    from determined.experimental import client
    client.login(user="determined", password="")
    experiment = client.create_experiment(sys.argv[1], "model")
    assert experiment.wait(0.1) == client.ExperimentState.COMPLETED
    by_loss = experiment.list_checkpoints(sort_by="loss", order_by=client.OrderBy.ASC, max_results=2)
    losses = [c.training.validation_metrics["avgMetrics"]["loss"] for c in by_loss]
    assert len(losses) == 2 and losses == sorted(losses)
    best = by_loss[0]
    assert any(path.is_file() for path in __import__("pathlib").Path(best.download("by_sdk")).rglob("*"))
    best.add_metadata({"environment": "production", "note": 1})
    best.remove_metadata(["note"])
    best.reload()
    assert best.metadata["environment"] == "production" and "note" not in best.metadata
    version = client.get_model("net").register_version(best.uuid)
    assert (version.model_version, version.checkpoint.uuid) == (2, best.uuid)
"""
pytestmark = pytest.mark.slow


class Terminal:
    """A user at a terminal with a home of its own."""

    def __init__(self, url: str, folder: Path):
        self._folder = folder
        self._environment = {"PATH": os.environ["PATH"], "HOME": str(folder / "home"), "DET_MASTER": url, "COLUMNS": det.COLUMNS, "LC_ALL": "C.UTF-8",
                             "PYTHONWARNINGS": "ignore"}
        for name in ("home", "model"):
            (folder / name).mkdir()
        (folder / "model" / "train.py").write_text("print('training')\n")

    def det(self, command: str, typed: str = "") -> str:
        """What the command prints; it must succeed."""
        done = det.in_a_process(command.split(), self._environment, self._folder, typed.encode())
        assert done.exit == 0, f"det {command}\n{done.stdout.decode()}\n{done.stderr.decode()}"
        return done.stdout.decode()

    def python(self, source: str, argument: str) -> None:
        """Run a script of the user; it must succeed."""
        done = subprocess.run([sys.executable, "-c", textwrap.dedent(source), argument], env=self._environment, cwd=self._folder, capture_output=True,
                              text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr[-3000:]

    def config(self, searcher: str, more: str = "") -> str:
        """The name of a file with a config."""
        name = f"{searcher}.yaml"
        (self._folder / name).write_text(CONFIG.format(name=searcher, searcher=searcher, more=more))
        return name

    def files(self, folder: str) -> list[Path]:
        """The files below a folder."""
        return [path for path in (self._folder / folder).rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A signed-in user of a running master that has trained a single, a random and a grid search."""
    with serving("--speed", "instant") as (url, _):
        user = Terminal(url, tmp_path_factory.mktemp("user"))
        user.det("user login determined", "\n")
        for number, (searcher, more) in enumerate([("single", ""), ("random", ", max_trials: 3"), ("grid", "")], 1):
            assert f"Created experiment {number}" in user.det(f"experiment create {user.config(searcher, more)} model")
        yield user


def test_the_experiments_are_listed_as_completed(terminal: Terminal) -> None:
    lines = [line for line in terminal.det("experiment list").splitlines() if "determined" in line]
    assert [line.split("|")[0].strip() for line in lines] == ["1", "2", "3"] and all("COMPLETED" in line for line in lines)


def test_a_trial_tells_its_checkpoints_and_its_logs(terminal: Terminal) -> None:
    described = terminal.det("trial describe 1")
    assert "COMPLETED" in described and "checkpoint" in described.lower()
    assert terminal.det("trial logs 1").strip()


def test_the_best_checkpoints_are_shown_and_downloaded(terminal: Terminal) -> None:
    uuids = _uuids(terminal.det("experiment list-checkpoints 2 --best 2"))
    assert len(uuids) == 2
    assert uuids[0] in terminal.det(f"checkpoint describe {uuids[0]}")
    terminal.det(f"checkpoint download {uuids[0]} -o chosen")
    assert terminal.files("chosen")


def test_the_best_of_a_trial_is_downloaded(terminal: Terminal) -> None:
    terminal.det("trial download 1 --best -o best")
    assert terminal.files("best")


def test_a_new_policy_shows_what_goes_asks_and_collects(terminal: Terminal) -> None:
    before = _uuids(terminal.det("experiment list-checkpoints 3"))
    shown = terminal.det("experiment set gc-policy --save-experiment-best 0 --save-trial-best 1 --save-trial-latest 0 3", "y\n")
    assert len(before) == 10 and "8 checkpoints without validations" in shown  # the client never sees that they have some
    listed = terminal.det("experiment list-checkpoints 3").splitlines()
    left = [uuid for line in listed if "COMPLETED" in line for uuid in _uuids(line)]
    assert len(left) == 2 and set(left) < set(before)


def test_a_checkpoint_becomes_a_version_of_a_model_by_cli_and_by_sdk(terminal: Terminal) -> None:
    [uuid] = _uuids(terminal.det("experiment list-checkpoints 1 --best 1"))
    terminal.det("model create net")
    terminal.det(f"model register-version net {uuid}")
    assert uuid in terminal.det("model list-versions net")
    terminal.python(SDK, terminal.config("single"))


def _uuids(text: str) -> list[str]:
    return re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)
