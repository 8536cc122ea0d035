"""Signing in, making experiments with `det` and with the SDK, and reading of them."""
from __future__ import annotations

import json
import pathlib
from typing import Any

from fakedet.contract.walk.client import RELEASE, det, determined, operation

IN_BATCHES = RELEASE >= (0, 13, 0)
LENGTH: dict[str, Any] = {"max_length": {"batches": 300}} if IN_BATCHES else {"max_steps": 3}
KEPT = {"save_experiment_best": 9, "save_trial_best": 9, "save_trial_latest": 9}
NAME = {"name": "walk"} if RELEASE >= (0, 16, 0) else {}
CONFIG = {
    **NAME, "description": "walk", "entrypoint": "model_def:Net", "hyperparameters": {"global_batch_size": 1},
    "searcher": {"name": "random", "max_trials": 2, "metric": "loss", "smaller_is_better": True, **LENGTH},
    "checkpoint_storage": KEPT, "checkpoint_policy": "all", "min_validation_period": {"batches": 100} if IN_BATCHES else 1,
    "data": {"fakedet": {"parameters": {"0.weight": [2, 3], "0.bias": [2], "1.weight": [1, 2], "1.bias": [1]}}}}
CODE = """
import torch
from determined.pytorch import PyTorchTrial


class Net(PyTorchTrial):
    def __init__(self, context):
        self.model = context.wrap_model(torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Linear(2, 1)))
        self.optimizer = context.wrap_optimizer(torch.optim.SGD(self.model.parameters(), lr=1.0))

    def train_batch(self, batch, epoch_idx, batch_idx): ...
    def evaluate_batch(self, batch): ...
    def build_training_data_loader(self): ...
    def build_validation_data_loader(self): ...
"""


@operation("log in")
def log_in() -> None:
    if RELEASE >= (0, 12, 3):
        determined()
    det("user", "whoami")


@operation("create (CLI)")
def create() -> None:
    pathlib.Path("model").mkdir()
    pathlib.Path("model/model_def.py").write_text(CODE)
    submit(CONFIG)
    assert "COMPLETED" in det("experiment", "wait", "1") or "COMPLETED" in det("experiment", "list")


@operation("create (SDK)", since=(0, 15, 6))
def create_with_sdk() -> None:
    made = determined().create_experiment(CONFIG, "model")
    if RELEASE < (0, 16, 0):
        made.activate()
    assert made.id == 2
    made.wait(interval=0.1)


@operation("list")
def list_experiments() -> None:
    assert "walk" in det("experiment", "list")
    det("experiment", "describe", "1")
    det("experiment", "list-trials", "1")
    assert "COMPLETED" in det("experiment", "list-checkpoints", "1")


def submit(config: dict[str, Any]) -> None:
    """Let `det` create an experiment."""
    pathlib.Path("config.yaml").write_text(json.dumps(config))
    det("experiment", "create", "config.yaml", "model")
