"""Whole Keras models of synthetic trials: `determined-keras-model.h5` of the old guides, a SavedModel, a `.keras` file.

What loads them is the real TensorFlow 2.15, and the client where it has a loader for them; CI installs it.
"""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fakedet.engine.frameworks.checkpoint_files import check_wishes, files_of
from fakedet.engine.frameworks.dense_stack import dense_stack
from fakedet.engine.frameworks.lookup3 import lookup3
from fakedet.storage.select import open_storage
from tests.engine.frameworks.test_checkpoint_files import model_definition
from tests.engine.frameworks.test_keras_files import CODE, CONFIG, TRIAL, TWO_LAYERS, UUID

INPUTS = [[1.0, 2.0, 3.0], [0.0, -1.0, 0.5]]


def config_for(framework: str, parameters: Any = TWO_LAYERS) -> dict[str, Any]:
    return {**CONFIG, "data": {"fakedet": {"framework": framework, "parameters": parameters}}}


def saved(folder: Path, framework: str, parameters: Any = TWO_LAYERS) -> Path:
    """The folder of a checkpoint at step 100."""
    storage = open_storage({"type": "directory", "container_path": str(folder)})
    files, _ = files_of(config_for(framework, parameters), TRIAL, 100, model_definition(model_def=CODE))
    for path, content in files.items():
        storage.write(UUID, path, content)
    return folder / UUID


def expected(parameters: Any = TWO_LAYERS) -> list[list[float]]:
    """What the layers make of the inputs."""
    rows = INPUTS
    for layer in dense_stack(parameters, seed=TRIAL["seed"], step=100):
        kernel, *bias = (weight.values for weight in layer.weights)
        rows = [[sum(row[k] * kernel[k * layer.units + unit] for k in range(layer.inputs)) + (bias[0][unit] if bias else 0.0)
                 for unit in range(layer.units)] for row in rows]
    return rows


@pytest.fixture()
def tensorflow() -> Any:
    return pytest.importorskip("tensorflow", reason="loading needs tensorflow-cpu 2.15")


@pytest.mark.parametrize("content, value", [
    (b"", 0xDEADBEEF), (b"Four score and seven years ago", 0x17770551)])
def test_the_hash_of_hdf5_has_the_values_that_its_author_gives(content: bytes, value: int) -> None:
    assert lookup3(content) == value


@pytest.mark.parametrize("framework, files, metadata", [
    ("keras_h5", {"determined-keras-model.h5"}, {"framework": "tensorflow-2.15.1", "format": "h5"}),
    ("saved_model", {"inference_graph/saved_model.pb", "load_data.json"}, {"framework": "tensorflow-2.15.1", "format": "saved_model"}),
    ("keras_archive", {"model.keras"}, {}),
])
def test_each_has_the_names_and_the_metadata_of_its_time(framework: str, files: set[str], metadata: dict[str, str]) -> None:
    written, told = files_of(config_for(framework), TRIAL, 100, model_definition(model_def=CODE))
    assert written.keys() == files | {"code/", "code/model_def.py", "metadata.json"}
    assert {**metadata, "steps_completed": 100}.items() <= told.items()


@pytest.mark.parametrize("parameters, told", [
    ({"a/kernel": [3, 2], "b/kernel": [3, 1]}, "must take as many numbers"),
    ({"a/kernel": [3, 3, 1, 1]}, "no dense layer at 'a'"),
    ({"a/bias": [3]}, "no dense layer at 'a'"),
    ({"a/kernel": [3, 2], "a/bias": [3]}, "no dense layer at 'a'"),
    ({"a/kernel": [3, 2], "a/gamma": [2]}, "no dense layer at 'a'"),
])
@pytest.mark.parametrize("framework", ["keras_h5", "saved_model", "keras_archive"])
def test_layers_that_are_not_dense_or_do_not_fit_are_refused_when_the_experiment_is_made(framework: str, parameters: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        check_wishes(config_for(framework, parameters), "")


@pytest.mark.slow
def test_the_client_loads_the_h5_file_of_the_old_guides(tensorflow: Any, tmp_path: Path) -> None:
    from determined import keras

    folder = saved(tmp_path, "keras_h5")
    assert json.loads((folder / "metadata.json").read_text())["format"] == "h5" and not (folder / "load_data.json").exists()
    model = keras.load_model_from_checkpoint_path(str(folder))
    assert model.predict(tensorflow.constant(INPUTS), verbose=0).tolist() == [pytest.approx(row, rel=1e-5) for row in expected()]


@pytest.mark.slow
@pytest.mark.parametrize("framework, file", [("keras_h5", "determined-keras-model.h5"), ("keras_archive", "model.keras")])
@pytest.mark.parametrize("parameters", [None, TWO_LAYERS, {"a/kernel": [3, 4], "b/kernel": [4, 2], "b/bias": [2]}])
def test_keras_loads_the_whole_model(tensorflow: Any, tmp_path: Path, framework: str, file: str, parameters: Any) -> None:
    model = tensorflow.keras.models.load_model(saved(tmp_path, framework, parameters) / file, compile=False)
    layers = dense_stack(parameters, seed=TRIAL["seed"], step=100)
    kept = [list(weight.values) for layer in layers for weight in layer.weights]
    assert [array.flatten().tolist() for array in model.get_weights()] == [pytest.approx(values, rel=1e-6) for values in kept]


@pytest.mark.slow
def test_a_saved_model_serves_as_the_estimators_loader_loads_it(tensorflow: Any, tmp_path: Path) -> None:
    [found] = saved(tmp_path, "saved_model").glob("**/saved_model.pb")
    model = tensorflow.compat.v1.saved_model.load_v2(str(found.parent), ["serve"])
    given = model.signatures["serving_default"](tensorflow.constant(INPUTS))
    assert given["outputs"].numpy().tolist() == [pytest.approx(row, rel=1e-5) for row in expected()]
