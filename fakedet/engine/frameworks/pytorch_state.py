"""The content of a PyTorchTrial's checkpoint: models, optimizers, random states (harness: pytorch/_pytorch_trial.py, `_save`).

The models have the parameters that the config names in `data.fakedet.parameters`: name -> shape, or a list of such for several
models.
"""
from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from typing import Any

from fakedet.engine.frameworks.parameters import Shapes, is_shape, parameter_values, random_bytes
from fakedet.engine.frameworks.pickle_format import Call, ordered_dict
from fakedet.engine.frameworks.torch_format import Tensors, torch_file

#: one layer with one input and one output
ONE_LAYER = {"weight": [1, 1], "bias": [1]}
DEFAULT_LEARNING_RATE = 0.01
_TWISTER_WORDS = 624


def state_dict_file(models: Sequence[Shapes], hparams: Mapping[str, Any], *, seed: int, step: int) -> bytes:
    """A `state_dict.pth`."""
    tensors = Tensors()
    content = {
        "models_state_dict": [_model(tensors, shapes, (seed, number), step) for number, shapes in enumerate(models)],
        "optimizers_state_dict": [_optimizer(shapes, hparams) for shapes in models],
        "lr_schedulers_state_dict": [],
        "callbacks": {},
        "rng_state": _rng_state(tensors, seed, step),
    }
    return torch_file(content, tensors, name="state_dict")


def model_shapes(asked: Any) -> list[Shapes]:
    """The models that `data.fakedet.parameters` asks for; raises ValueError for what are no shapes."""
    if not asked:
        return [ONE_LAYER]
    models = asked if isinstance(asked, list) else [asked]
    if not all(isinstance(shapes, dict) and all(map(is_shape, shapes.values())) for shapes in models):
        raise ValueError(f"data.fakedet.parameters is {asked!r}; it must be like {ONE_LAYER} or a list of such, one for each model.")
    return models


def _model(tensors: Tensors, shapes: Shapes, key: tuple[int, int], step: int) -> Call:
    parameters = {name: tensors.float32(shape, parameter_values((*key, name), math.prod(shape), step))
                  for name, shape in shapes.items()}
    versions = ordered_dict({module: {"version": 1} for module in _modules(shapes)})
    return ordered_dict(parameters, _metadata=versions)


def _modules(shapes: Shapes) -> list[str]:
    """The modules that hold these parameters and those above them, the whole model first."""
    paths = [name.split(".")[:-1] for name in shapes]
    return list(dict.fromkeys(".".join(path[:depth]) for path in paths for depth in range(len(path) + 1)))


def _optimizer(shapes: Shapes, hparams: Mapping[str, Any]) -> dict[str, Any]:
    """Stochastic gradient descent without momentum, which keeps nothing between steps."""
    rate = next((hparams[name] for name in ("lr", "learning_rate") if isinstance(hparams.get(name), (int, float))), DEFAULT_LEARNING_RATE)
    group = {"lr": float(rate), "momentum": 0, "dampening": 0, "weight_decay": 0, "nesterov": False, "maximize": False, "foreach": None,
             "differentiable": False, "params": list(range(len(shapes)))}
    return {"state": {}, "param_groups": [group]}


def _rng_state(tensors: Tensors, seed: int, step: int) -> dict[str, Any]:
    """States that torch, numpy and random take back. numpy's is a tuple, not an array, so that torch's safe loader reads it too."""
    words = struct.unpack(f"<{_TWISTER_WORDS}I", random_bytes(("rng", seed, step), 4 * _TWISTER_WORDS))
    small = tuple(word >> 1 for word in words)
    return {
        "cpu_rng_state": tensors.uint8(_torch_generator(seed, small)),
        "np_rng_state": ("MT19937", small, _TWISTER_WORDS, 0, 0.0),
        "random_rng_state": (3, (*small, _TWISTER_WORDS), None),
    }


def _torch_generator(seed: int, words: tuple[int, ...]) -> bytes:
    """torch's CPU generator: its seed, one word left before new ones are made, the words, no normal samples in store."""
    return struct.pack(f"<QiiQ{_TWISTER_WORDS}Q3di4xf?3x", seed % (1 << 64), 1, 1, 0, *words, 0.0, 0.0, 0.0, 0, 0.0, False)
