"""A Keras model of dense layers one after another: what whole-model files are written of, since shapes alone tell no other layers.

The shapes are those of `data.fakedet.parameters`: each layer has a kernel `LAYER/kernel` of two sizes and perhaps a bias `LAYER/bias`.
"""
from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fakedet.engine.frameworks.keras_state import keras_shapes
from fakedet.engine.frameworks.parameters import Shapes, parameter_values

_GLOROT: dict[str, Any] = {"module": "keras.initializers", "class_name": "GlorotUniform", "config": {"seed": None}, "registered_name": None}
_ZEROS: dict[str, Any] = {"module": "keras.initializers", "class_name": "Zeros", "config": {}, "registered_name": None}
_NOTHING = ("kernel_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint", "bias_constraint")


@dataclass(frozen=True)
class Weight:
    """A kernel or a bias."""

    name: str
    shape: Sequence[int]
    values: Sequence[float]


@dataclass(frozen=True)
class Dense:
    """A dense layer under Keras' own name for it: `dense`, `dense_1`, ..."""

    name: str
    inputs: int
    units: int
    weights: tuple[Weight, ...]

    @property
    def config(self) -> dict[str, Any]:
        """The layer's configuration as Keras writes it."""
        return {"name": self.name, "trainable": True, "dtype": "float32", "units": self.units, "activation": "linear",
                "use_bias": len(self.weights) > 1, "kernel_initializer": _GLOROT, "bias_initializer": _ZEROS, **dict.fromkeys(_NOTHING)}


def dense_stack(asked: Any, *, seed: int, step: int) -> list[Dense]:
    """The layers with their weights; raises ValueError where `asked` has no dense layers one after another."""
    shapes = keras_shapes(asked)
    layers = [_layer(number, shapes, path, seed, step) for number, path in enumerate(dict.fromkeys(map(_layer_of, shapes)))]
    if any(before.units != after.inputs for before, after in zip(layers, layers[1:])):
        raise ValueError(f"data.fakedet.parameters is {asked!r}; each dense layer must take as many numbers as the one before it gives.")
    return layers


def _layer_of(path: str) -> str:
    return path.rpartition("/")[0]


def _layer(number: int, shapes: Shapes, path: str, seed: int, step: int) -> Dense:
    own = {name.rpartition("/")[2]: (name, shape) for name, shape in shapes.items() if _layer_of(name) == path}
    if not _is_dense({kind: shape for kind, (_, shape) in own.items()}):
        raise ValueError(f"data.fakedet.parameters has no dense layer at {path!r}; it needs a kernel of two sizes, and perhaps a bias.")
    inputs, units = own["kernel"][1]
    return Dense(f"dense_{number}" if number else "dense", inputs, units, tuple(_weights(own, seed, step)))


def _is_dense(shapes: Shapes) -> bool:
    kernel = shapes.get("kernel", ())
    return len(kernel) == 2 and {**shapes, "kernel": kernel} in ({"kernel": kernel}, {"kernel": kernel, "bias": [kernel[1]]})


def _weights(own: dict[str, tuple[str, Sequence[int]]], seed: int, step: int) -> Iterator[Weight]:
    for kind in ("kernel", "bias"):
        if kind in own:
            path, shape = own[kind]
            yield Weight(kind, shape, list(parameter_values((seed, path), math.prod(shape), step)))
