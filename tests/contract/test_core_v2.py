"""Unmanaged experiments by the real Core API: reports and checkpoints of detached mode can be listed, sorted, downloaded, collected."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = """
import os, pathlib
from determined import core
from determined.experimental import core_v2

core_v2.init(
    defaults=core_v2.DefaultConfig(
        name="detached", searcher={"name": "single", "metric": "loss", "smaller_is_better": True}, hparams={"lr": 0.1}),
    unmanaged=core_v2.UnmanagedConfig(external_experiment_id="mine", external_trial_id="first"),
    checkpoint_storage=os.environ["STORAGE"],
    tensorboard_mode=core.TensorboardMode.MANUAL,
)
for step in (1, 2, 3):
    core_v2.train.report_training_metrics(steps_completed=step, metrics={"loss": 1 / step})
    core_v2.train.report_validation_metrics(steps_completed=step, metrics={"loss": abs(step - 2) + 0.5})
    with core_v2.checkpoint.store_path({"steps_completed": step}) as (path, uuid):
        pathlib.Path(path, "weights").write_text(f"weights {step}")
core_v2.close()
"""


@pytest.fixture
def detached(fake_determined: Any, tmp_path: Path) -> Any:
    """The experiment that the script has run, as the SDK's object."""
    (tmp_path / "train.py").write_text(SCRIPT)
    environment = {**os.environ, "STORAGE": str(tmp_path / "storage")}
    ended = subprocess.run([sys.executable, "train.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr[-3000:]
    [experiment] = fake_determined.client.list_experiments()
    return experiment


def test_its_checkpoints_are_listed_best_first_and_downloaded(detached: Any, tmp_path: Path) -> None:
    found = detached.list_checkpoints()
    assert [checkpoint.metadata["steps_completed"] for checkpoint in found][0] == 2
    folder = Path(found[0].download(path=str(tmp_path / "best")))
    assert (folder / "weights").read_text() == "weights 2"


def test_its_metrics_and_end_are_recorded(detached: Any) -> None:
    [trial] = detached.list_trials()
    assert [report.metrics["loss"] for report in trial.iter_metrics("validation")] == [1.5, 0.5, 1.5]
    detached.reload()
    assert str(detached.state) == "ExperimentState.COMPLETED"


def test_a_policy_collects_its_files(detached: Any, fake_determined: Any, tmp_path: Path) -> None:
    before = {path.parent.name for path in (tmp_path / "storage").rglob("weights")}
    result = fake_determined.det(f"experiment set gc-policy {detached.id} --save-experiment-best 0 --save-trial-best 1 "
                                 "--save-trial-latest 0 --yes")
    assert result.exit_code == 0, result.stderr
    after = {path.parent.name for path in (tmp_path / "storage").rglob("weights")}
    [kept] = detached.list_checkpoints()
    assert len(before) == 3 and after == {kept.uuid}
    assert json.dumps(kept.metadata["steps_completed"]) == "2"
