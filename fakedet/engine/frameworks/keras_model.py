"""Whole Keras models in one file: HDF5 as `model.save("model.h5")` writes it, and the zip of `model.save("model.keras")`."""
from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any

from fakedet.engine.frameworks.dense_stack import Dense
from fakedet.engine.frameworks.hdf5_format import Array, Group, hdf5_file

KERAS_VERSION = "2.15.0"
_WRITTEN_BY = {"keras_version": KERAS_VERSION, "backend": "tensorflow"}
_MODEL = "sequential"
_NO_DATE = (1980, 1, 1, 0, 0, 0)


def h5_model(layers: Sequence[Dense]) -> bytes:
    """What `tf.keras.models.load_model` and `model.load_weights` read."""
    weights = Group({layer.name: _layer_group(layer) for layer in layers}, {**_WRITTEN_BY, "layer_names": [layer.name for layer in layers]})
    return hdf5_file(Group({"model_weights": weights}, {**_WRITTEN_BY, "model_config": json.dumps(_model(layers, _of_h5))}))


def keras_archive(layers: Sequence[Dense]) -> bytes:
    """What `tf.keras.models.load_model` reads since Keras 2.12."""
    config = {"module": "keras", **_model(layers, _of_archive), "registered_name": None, "build_config": {"input_shape": [None, layers[0].inputs]}}
    files = {"metadata.json": json.dumps({"keras_version": KERAS_VERSION, "date_saved": "1980-01-01@00:00:00"}).encode(),
             "config.json": json.dumps(config).encode(), "model.weights.h5": _archived_weights(layers)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _NO_DATE), content)
    return buffer.getvalue()


def _layer_group(layer: Dense) -> Group:
    arrays: dict[str, Array | Group] = {f"{weight.name}:0": Array(weight.shape, weight.values) for weight in layer.weights}
    return Group({layer.name: Group(arrays)}, {"weight_names": [f"{layer.name}/{name}" for name in arrays]})


def _archived_weights(layers: Sequence[Dense]) -> bytes:
    groups: dict[str, Array | Group] = {}
    for layer in layers:
        groups[layer.name] = Group({"vars": Group({str(place): Array(weight.shape, weight.values) for place, weight in enumerate(layer.weights)})})
    return hdf5_file(Group({"layers": Group(groups), "vars": Group({})}))


def _model(layers: Sequence[Dense], told: Any) -> dict[str, Any]:
    entry = {"batch_input_shape": [None, layers[0].inputs], "dtype": "float32", "sparse": False, "ragged": False, "name": f"{layers[0].name}_input"}
    first = {**layers[0].config, "batch_input_shape": entry["batch_input_shape"]}
    configs = [first, *(layer.config for layer in layers[1:])]
    return {"class_name": "Sequential", "config": {"name": _MODEL, "layers": [told("InputLayer", entry, None)] + [
        told("Dense", config, layer.inputs) for config, layer in zip(configs, layers, strict=True)]}}


def _of_h5(kind: str, config: dict[str, Any], inputs: int | None) -> dict[str, Any]:
    return {"class_name": kind, "config": config}


def _of_archive(kind: str, config: dict[str, Any], inputs: int | None) -> dict[str, Any]:
    build = {} if inputs is None else {"build_config": {"input_shape": [None, inputs]}}
    return {"module": "keras.layers", "class_name": kind, "config": config, "registered_name": None, **build}
