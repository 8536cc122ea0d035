"""Checkpoints of synthetic PyTorch trials, loaded by the real torch and the real client.

Needs torch, which the project never asks for: any CPU build, such as Debian's python3-torch in an environment made with
`python3 -m venv --system-site-packages`.
"""
from __future__ import annotations

import io
import random
from pathlib import Path

import pytest

from fakedet.engine.frameworks.checkpoint_files import files_of
from fakedet.storage.select import open_storage
from tests.engine.frameworks.test_checkpoint_files import TRIAL, model_definition

torch = pytest.importorskip("torch", reason="loading needs torch: any CPU build, such as Debian's python3-torch")

UUID = "bbbbbbbb-0000-4000-8000-000000000001"
TWO_LAYERS = {"0.weight": [2, 3], "0.bias": [2], "1.weight": [1, 2], "1.bias": [1]}
CODE = b"""
import torch
from determined import pytorch


class MyTrial(pytorch.PyTorchTrial):
    def __init__(self, context):
        layers = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Linear(2, 1))
        self.model = context.wrap_model(layers)
        self.optimizer = context.wrap_optimizer(torch.optim.SGD(self.model.parameters(), lr=1.0))

    def train_batch(self, batch, epoch_idx, batch_idx): ...
    def evaluate_batch(self, batch): ...
    def build_training_data_loader(self): ...
    def build_validation_data_loader(self): ...
"""
CONFIG = {"searcher": {"name": "single", "metric": "loss"}, "hyperparameters": {"lr": 0.1}, "resources": {"slots_per_trial": 1},
          "reproducibility": {"experiment_seed": 1}, "optimizations": {}, "data": {"fakedet": {"parameters": TWO_LAYERS}}}


@pytest.fixture(params=["model_def:MyTrial", "python3 train.py"])
def checkpoint(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The folder of a checkpoint at step 100, of an entrypoint that names the class and of a script with a Trainer."""
    storage = open_storage({"type": "directory", "container_path": str(tmp_path)})
    files, _ = files_of({**CONFIG, "entrypoint": request.param}, TRIAL, 100, model_definition(model_def=CODE))
    for path, content in files.items():
        storage.write(UUID, path, content)
    return tmp_path / UUID


def test_torch_loads_the_keys_that_the_trainer_saves(checkpoint):
    content = torch.load(checkpoint / "state_dict.pth")
    assert list(content) == ["models_state_dict", "optimizers_state_dict", "lr_schedulers_state_dict", "callbacks", "rng_state"]
    (model,) = content["models_state_dict"]
    assert {name: list(tensor.shape) for name, tensor in model.items()} == TWO_LAYERS
    assert all(tensor.dtype == torch.float32 and tensor.is_contiguous() for tensor in model.values())


def test_the_client_restores_the_users_own_trial(checkpoint):
    pytorch = pytest.importorskip("determined.pytorch")
    trial = pytorch.load_trial_from_checkpoint_path(str(checkpoint))
    saved = torch.load(checkpoint / "state_dict.pth")["models_state_dict"][0]
    assert all(torch.equal(tensor, saved[name]) for name, tensor in trial.model.state_dict().items())


def test_an_optimizer_goes_on_from_its_state(checkpoint):
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Linear(2, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    optimizer.load_state_dict(torch.load(checkpoint / "state_dict.pth")["optimizers_state_dict"][0])
    model(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    assert optimizer.param_groups[0]["lr"] == 0.1


def test_random_states_are_taken_back(checkpoint):
    numpy = pytest.importorskip("numpy")
    state = torch.load(checkpoint / "state_dict.pth")["rng_state"]
    drawn = []
    for _ in range(2):
        torch.set_rng_state(state["cpu_rng_state"])
        numpy.random.set_state(state["np_rng_state"])
        random.setstate(state["random_rng_state"])
        drawn.append((torch.rand(3).tolist(), numpy.random.rand(), random.random()))
    assert drawn[0] == drawn[1]


def test_an_empty_tensor_and_a_scalar_load_too():
    shapes = {"empty": [0, 3], "scalar": []}
    files, _ = files_of({**CONFIG, "entrypoint": "m:T", "data": {"fakedet": {"parameters": [shapes, {"w": [2]}]}}}, TRIAL, 1)
    first, second = torch.load(io.BytesIO(files["state_dict.pth"]))["models_state_dict"]
    assert {name: list(tensor.shape) for name, tensor in first.items()} == shapes
    assert list(second) == ["w"]
