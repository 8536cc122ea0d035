"""Trainings that people write: PyTorch trials with the Trainer, and detached ones that nobody starts but the user."""
from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow
MODEL = """
import torch
from torch import nn
from determined import pytorch


class Line(torch.utils.data.Dataset):
    def __len__(self):
        return 32

    def __getitem__(self, place):
        return torch.tensor([place / 32]), torch.tensor([place / 16])


class MyTrial(pytorch.PyTorchTrial):
    def __init__(self, context):
        self.context = context
        self.model = context.wrap_model(nn.Linear(1, 1))
        self.optimizer = context.wrap_optimizer(torch.optim.SGD(self.model.parameters(), lr=context.get_hparam("lr")))

    def build_training_data_loader(self):
        return pytorch.DataLoader(Line(), batch_size=8)

    build_validation_data_loader = build_training_data_loader

    def train_batch(self, batch, epoch_idx, batch_idx):
        loss = self._loss(batch)
        self.context.backward(loss)
        self.context.step_optimizer(self.optimizer)
        return {"loss": loss.item()}

    def evaluate_batch(self, batch):
        return {"validation_loss": self._loss(batch).item()}

    def _loss(self, batch):
        return ((self.model(batch[0]) - batch[1]) ** 2).mean()
"""
TRAIN = """
import determined as det
from determined import pytorch
from model_def import MyTrial

info = det.get_cluster_info()
with pytorch.init(hparams=info.trial.hparams) as context:
    trainer = pytorch.Trainer(MyTrial(context), context)
    trainer.fit(max_length=pytorch.Batch(8), validation_period=pytorch.Batch(4), checkpoint_period=pytorch.Batch(4),
                latest_checkpoint=info.latest_checkpoint)
"""
DETACHED = """
from determined import core
from determined.experimental import core_v2

core_v2.init(defaults=core_v2.DefaultConfig(name="detached"), checkpoint_storage="@STORAGE@", tensorboard_mode=core.TensorboardMode.MANUAL)
for step in (1, 2):
    core_v2.train.report_validation_metrics(step, {"loss": 1 / step})
core_v2.close()
"""


@pytest.mark.skipif(not all(map(importlib.util.find_spec, ("torch", "tensorboard"))), reason="the Trainer needs torch and tensorboard")
def test_a_pytorch_trial_trains_validates_and_saves(local: Any) -> None:
    Path(local._folder, "model_def.py").write_text(MODEL)
    local.submit(TRAIN, hparams={"lr": 0.01}, searcher={"name": "single", "metric": "validation_loss"})
    assert local.wait_for_end() == "COMPLETED", local.log()
    assert local.trial()["total_batches"] == 8
    saved = local.db.checkpoints.rows(trial_id=1)
    assert [row["metadata"]["steps_completed"] for row in saved] == [4, 8]
    assert "code/model_def.py" in saved[0]["resources"]


def test_a_detached_training_reports_as_the_user_runs_it(local: Any, tmp_path: Path) -> None:
    script = DETACHED.replace("@STORAGE@", str(tmp_path / "detached"))
    given = {**os.environ, "DET_MASTER": local.fake.url, "DET_USER": "determined", "DET_PASS": "", "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], env=given, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert (local.trial()["state"], local.trial()["total_batches"]) == ("COMPLETED", 2)


def test_a_test_experiment_runs_a_few_steps_on_the_cluster(local: Any) -> None:
    Path(local._folder, "train.py").write_text("""
from determined import core
with core.init(tensorboard_mode=core.TensorboardMode.MANUAL) as context:
    for operation in context.searcher.operations():
        context.train.report_validation_metrics(operation.length, {"loss": 1.0})
        operation.report_completed(1.0)
""")
    config = Path(local._folder, "config.yaml")
    config.write_text("name: short\nentrypoint: python3 train.py\nsearcher: {name: single, metric: loss, max_length: {batches: 100}}\n")
    shown = local.fake.det(f"experiment create --test {config} {local._folder}")
    assert shown.exit_code == 0, shown
    assert "Model definition test succeeded" in shown.stdout
    assert (local.trial()["state"], local.trial()["total_batches"]) == ("COMPLETED", 1)


@pytest.mark.skipif(not importlib.util.find_spec("torch"), reason="the trial needs torch")
def test_a_local_test_trains_one_batch_where_the_user_is(local: Any) -> None:
    Path(local._folder, "model_def.py").write_text(MODEL)
    config = Path(local._folder, "config.yaml")
    config.write_text("name: here\nentrypoint: model_def:MyTrial\nhyperparameters: {lr: 0.1}\nsearcher: {name: single, metric: validation_loss}\n")
    shown = local.fake.det(f"experiment create --local --test {config} {local._folder}")
    assert shown.exit_code == 0, shown
    assert "The test experiment passed." in shown.stdout + shown.stderr
    assert local.db.experiments.tally() == 0
