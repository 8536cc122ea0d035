"""Checkpoints of synthetic Keras trials, loaded by the real TensorFlow and the real client.

Needs TensorFlow with Keras 2: `tensorflow-cpu` 2.15 (Python 3.9 to 3.11); CI installs it.
"""
from __future__ import annotations

import json
from pathlib import Path

import pytest

from fakedet.engine.frameworks.checkpoint_files import files_of
from fakedet.storage.select import open_storage
from tests.engine.frameworks.test_checkpoint_files import model_definition

UUID = "bbbbbbbb-0000-4000-8000-000000000002"
TRIAL = {"id": 3, "seed": 11, "hparams": {"lr": 0.1, "global_batch_size": 8}}
TWO_LAYERS = {"layer_with_weights-0/kernel": [3, 2], "layer_with_weights-0/bias": [2], "layer_with_weights-1/kernel": [2, 1],
              "layer_with_weights-1/bias": [1]}
CODE = b"""
import tensorflow as tf
from determined import keras


class MyTrial(keras.TFKerasTrial):
    def __init__(self, context):
        self.context = context

    def build_model(self):
        return tf.keras.Sequential([tf.keras.layers.Dense(2, input_shape=(3,)), tf.keras.layers.Dense(1)])

    def build_training_data_loader(self): ...
    def build_validation_data_loader(self): ...
"""
CALLBACK = b"from determined import keras\nwith_callback = keras.DeterminedCallback\n"
CONFIG = {"entrypoint": "model_def:MyTrial", "searcher": {"name": "single", "metric": "loss"}, "hyperparameters": {"lr": 0.1},
          "resources": {"slots_per_trial": 1}, "reproducibility": {"experiment_seed": 1}, "optimizations": {},
          "data": {"fakedet": {"parameters": TWO_LAYERS}}}


def saved(folder: Path, config: dict, code: bytes) -> Path:
    """The folder of a checkpoint at step 100."""
    storage = open_storage({"type": "directory", "container_path": str(folder)})
    files, _ = files_of(config, TRIAL, 100, model_definition(model_def=code))
    for path, content in files.items():
        storage.write(UUID, path, content)
    return folder / UUID


def test_a_keras_trial_saves_weights_and_tells_its_class():
    files, metadata = files_of(CONFIG, TRIAL, 100, model_definition(model_def=CODE))
    weights = "determined-keras-model-weights"
    assert sorted(files) == ["checkpoint", "code/", "code/model_def.py", f"{weights}.data-00000-of-00001", f"{weights}.index",
                             "load_data.json", "metadata.json"]
    assert json.loads(files["load_data.json"])["trial_type"] == "TFKerasTrial"
    assert (metadata["framework"], metadata["format"]) == ("tensorflow-2.15.1", "saved_weights")


@pytest.mark.parametrize("parameters", ["kernel", [TWO_LAYERS], {"kernel": 3}, {"kernel": [-1]}])
def test_parameters_that_are_no_shapes_are_refused(parameters):
    with pytest.raises(ValueError, match="data.fakedet.parameters"):
        files_of({**CONFIG, "data": {"fakedet": {"parameters": parameters}}}, TRIAL, 1, model_definition(model_def=CODE))


@pytest.fixture()
def tensorflow():
    return pytest.importorskip("tensorflow", reason="loading needs tensorflow-cpu 2.15")


@pytest.mark.slow
def test_the_client_builds_the_users_model_with_the_saved_weights(tensorflow, tmp_path):
    from determined import keras

    folder = saved(tmp_path, CONFIG, CODE)
    model = keras.load_model_from_checkpoint_path(str(folder))
    reader = tensorflow.train.load_checkpoint(str(folder / "determined-keras-model-weights"))
    kept = [reader.get_tensor(f"{path}/.ATTRIBUTES/VARIABLE_VALUE") for path in TWO_LAYERS]
    assert [list(array.shape) for array in kept] == list(TWO_LAYERS.values())
    assert all((mine == theirs).all() for mine, theirs in zip(model.get_weights(), kept))


@pytest.mark.slow
def test_a_script_with_the_callback_loads_its_weights(tensorflow, tmp_path):
    folder = saved(tmp_path, {**CONFIG, "entrypoint": "python3 train.py"}, CALLBACK)
    model = tensorflow.keras.Sequential([tensorflow.keras.layers.Dense(2, input_shape=(3,)), tensorflow.keras.layers.Dense(1)])
    model.load_weights(str(folder / "model_checkpoint")).assert_consumed()
