"""A SavedModel that serves: the graph of a stack of dense layers with its weights as constants, as an estimator exports it for serving."""
from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence

from fakedet.engine.frameworks import protobuf_wire as wire
from fakedet.engine.frameworks.dense_stack import Dense, Weight

TENSORFLOW_VERSION = "2.15.1"
_SCHEMA_VERSION = 1
_PRODUCER = 1286
_FLOAT = 1
_ANY_SIZE = (1 << 64) - 1
INPUT, OUTPUT = "inputs", "outputs"


def saved_model(layers: Sequence[Dense]) -> bytes:
    """A `saved_model.pb` with the tag `serve` and the signature `serving_default`: numbers in a batch to numbers."""
    *_, last = nodes = list(_nodes(layers))
    graph = b"".join(wire.block(1, node) for _, node in nodes) + wire.block(4, wire.number(1, _PRODUCER))
    told = wire.block(4, "serve") + wire.block(5, TENSORFLOW_VERSION)
    signature = _signature(_tensor_info(INPUT, layers[0].inputs), _tensor_info(last[0], layers[-1].units))
    meta_graph = wire.block(1, told) + wire.block(2, graph) + wire.block(5, wire.block(1, "serving_default") + wire.block(2, signature))
    return wire.number(1, _SCHEMA_VERSION) + wire.block(2, meta_graph)


def _nodes(layers: Sequence[Dense]) -> Iterable[tuple[str, bytes]]:
    """Each operation with its name; what it takes comes before it."""
    current = INPUT
    yield current, _node(current, "Placeholder", (), {"dtype": _type(), "shape": wire.block(7, _shape((_ANY_SIZE, layers[0].inputs)))})
    for layer in layers:
        for weight, operation in zip(layer.weights, ("MatMul", "BiasAdd")):
            constant, result = f"{layer.name}/{weight.name}", f"{layer.name}/{operation}"
            yield constant, _node(constant, "Const", (), {"dtype": _type(), "value": wire.block(8, _tensor(weight))})
            yield result, _node(result, operation, (current, constant), {"T": _type()})
            current = result


def _node(name: str, operation: str, inputs: Iterable[str], attributes: Mapping[str, bytes]) -> bytes:
    told = wire.block(1, name) + wire.block(2, operation) + b"".join(wire.block(3, source) for source in inputs)
    return told + b"".join(wire.block(5, wire.block(1, key) + wire.block(2, value)) for key, value in attributes.items())


def _type() -> bytes:
    return wire.number(6, _FLOAT)


def _shape(sizes: Iterable[int]) -> bytes:
    return b"".join(wire.block(2, wire.number(1, size)) for size in sizes)


def _tensor(weight: Weight) -> bytes:
    numbers = struct.pack(f"<{len(weight.values)}f", *weight.values)
    return wire.number(1, _FLOAT) + wire.block(2, _shape(weight.shape)) + wire.block(4, numbers)


def _tensor_info(node: str, size: int) -> bytes:
    return wire.block(1, f"{node}:0") + wire.number(2, _FLOAT) + wire.block(3, _shape((_ANY_SIZE, size)))


def _signature(taken: bytes, given: bytes) -> bytes:
    ends = wire.block(1, wire.block(1, INPUT) + wire.block(2, taken)) + wire.block(2, wire.block(1, OUTPUT) + wire.block(2, given))
    return ends + wire.block(3, "tensorflow/serving/predict")
