"""The weights of a synthetic Keras model, as `model.save_weights(..., save_format="tf")` writes them (harness: keras/_tf_keras_trial.py).

The model has the parameters that the config names in `data.fakedet.parameters`, by TensorFlow's path of each:
`{"layer_with_weights-0/kernel": [4, 2], "layer_with_weights-0/bias": [2]}`.
"""
from __future__ import annotations

import math
from typing import Any

from fakedet.engine.frameworks.parameters import Shapes, is_shape, parameter_values
from fakedet.engine.frameworks.tensor_bundle import tensor_bundle

#: a dense layer with one input and one output
ONE_DENSE_LAYER = {"layer_with_weights-0/kernel": [1, 1], "layer_with_weights-0/bias": [1]}


def weights_files(prefix: str, asked: Any, *, seed: int, step: int) -> dict[str, bytes]:
    """The files that `model.load_weights(prefix)` reads; raises ValueError where `asked` has no shapes by path."""
    variables = {path: (shape, list(parameter_values((seed, path), math.prod(shape), step))) for path, shape in keras_shapes(asked).items()}
    return tensor_bundle(prefix, variables)


def keras_shapes(asked: Any) -> Shapes:
    """The model that `data.fakedet.parameters` asks for; raises ValueError for what is none."""
    if not asked:
        return ONE_DENSE_LAYER
    if not isinstance(asked, dict) or not all(map(is_shape, asked.values())):
        raise ValueError(f"data.fakedet.parameters is {asked!r}; it must be like {ONE_DENSE_LAYER}.")
    return asked
