"""A whole PyTorch model as `torch.save(model)` pickles it, which releases up to 0.12.4 kept in `model.pth` and loaded from there.

What modules the user's model was made of is not known; of those with these parameters, matrices are linear layers and numbered ones
follow each other. Whatever else holds parameters is a plain module.
"""
from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from fakedet.engine.frameworks.parameters import Shapes, parameter_values
from fakedet.engine.frameworks.pickle_format import Call, Name, ordered_dict
from fakedet.engine.frameworks.torch_format import Tensors, torch_file

_LINEAR, _SEQUENTIAL, _MODULE = (Name(f"torch.nn.modules.{module}", name) for module, name in
                                 (("linear", "Linear"), ("container", "Sequential"), ("module", "Module")))
#: The shapes of a module and of those in it: {"fc": {"weight": [10, 784]}}.
Tree = Mapping[str, Any]


def module_file(shapes: Shapes, key: tuple[int, int], step: int) -> bytes:
    """A `model.pth`; `key` and `step` make its values those of the state dict."""
    tensors = Tensors()
    return torch_file(_module(tensors, _tree(shapes), (), key, step), tensors, name="model")


def _tree(shapes: Shapes) -> Tree:
    tree: dict[str, Any] = {}
    for name, shape in shapes.items():
        *path, last = name.split(".")
        module = tree
        for part in path:
            module = module.setdefault(part, {})
        module[last] = shape
    return tree


def _module(tensors: Tensors, tree: Tree, path: tuple[str, ...], key: tuple[int, int], step: int) -> Call:
    modules = {name: _module(tensors, inner, (*path, name), key, step) for name, inner in tree.items() if isinstance(inner, dict)}
    own = {name: shape for name, shape in tree.items() if not isinstance(shape, dict)}
    parameters: dict[str, Call | None] = {
        name: _parameter(tensors, ".".join((*path, name)), shape, key, step) for name, shape in own.items()}
    kind, arguments = _kind(own, modules)
    if kind is _LINEAR:
        parameters.setdefault("bias", None)
    return Call(kind, arguments, attributes={"_parameters": ordered_dict(parameters), "_modules": ordered_dict(modules)})


def _kind(own: Shapes, modules: Mapping[str, Any]) -> tuple[Name, tuple[Any, ...]]:
    """The class of a module with these parameters and modules of its own, and what it is made with."""
    weight = own.get("weight", ())
    if len(weight) == 2 and own.keys() <= {"weight", "bias"} and not modules:
        return _LINEAR, (weight[1], weight[0], "bias" in own)
    if modules and not own and list(modules) == [str(number) for number in range(len(modules))]:
        return _SEQUENTIAL, ()
    return _MODULE, ()


def _parameter(tensors: Tensors, name: str, shape: Any, key: tuple[int, int], step: int) -> Call:
    tensor = tensors.float32(shape, parameter_values((*key, name), math.prod(shape), step))
    return Call(Name("torch._utils", "_rebuild_parameter"), (tensor, True, ordered_dict({})))
