"""The whole model that the first clients load: linear layers that follow each other, with the weights of the state dict."""
from __future__ import annotations

import io

import pytest

from fakedet.engine.frameworks.checkpoint_files import files_of

torch = pytest.importorskip("torch", reason="loading needs torch: any CPU build, such as Debian's python3-torch")
TRIAL = {"id": 1, "seed": 5, "hparams": {}}


def written(parameters):
    wishes = {"whole_model": True, "parameters": parameters}
    return files_of({"entrypoint": "model_def:Net", "data": {"fakedet": wishes}}, TRIAL, 100)[0]


@pytest.mark.parametrize("parameters", [
    None, {"0.weight": [2, 3], "0.bias": [2], "1.weight": [1, 2]}, {"scale": [2], "fc.weight": [2, 3], "conv.weight": [1, 1, 3, 3]}])
def test_the_whole_model_has_the_weights_of_the_state_dict(parameters) -> None:
    files = written(parameters)
    model = torch.load(io.BytesIO(files["model.pth"]), weights_only=False)
    (expected,) = torch.load(io.BytesIO(files["state_dict.pth"]))["models_state_dict"]
    assert list(model.state_dict()) == list(expected)
    assert all(torch.equal(value, expected[name]) for name, value in model.state_dict().items())


def test_numbered_matrices_are_layers_that_follow_each_other() -> None:
    model = torch.load(io.BytesIO(written({"0.weight": [2, 3], "0.bias": [2], "1.weight": [1, 2], "1.bias": [1]})["model.pth"]), weights_only=False)
    assert model(torch.zeros(4, 3)).shape == (4, 1)


def test_other_checkpoints_have_no_whole_model() -> None:
    assert "model.pth" not in files_of({"entrypoint": "model_def:Net"}, TRIAL, 100)[0]
