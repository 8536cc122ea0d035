"""Checkpoints as `tf.train.Checkpoint` writes them (format V2), without TensorFlow: an index table and one file of tensors.

A variable is found by the names on the way to it from the model (`layer_with_weights-0/kernel`); the graph of these names is a tensor
of its own.
"""
from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Mapping, Sequence

from fakedet.engine.frameworks import protobuf_wire as wire
from fakedet.engine.frameworks.crc32c import crc32c, masked
from fakedet.engine.frameworks.sorted_table import sorted_table

OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
_FLOAT, _STRING = 1, 7
_PRODUCER = 1
Variable = tuple[Sequence[int], Sequence[float]]


def tensor_bundle(prefix: str, variables: Mapping[str, Variable]) -> dict[str, bytes]:
    """The files of a checkpoint with these variables, shape and values by path, named as TensorFlow does with `prefix`."""
    writer = _Writer()
    writer.string(OBJECT_GRAPH, _object_graph(variables))
    for path in sorted(variables):
        writer.floats(_checkpoint_key(path), *variables[path])
    return {
        f"{prefix}.index": sorted_table(writer.entries),
        f"{prefix}.data-00000-of-00001": bytes(writer.data),
        "checkpoint": f'model_checkpoint_path: "{prefix}"\nall_model_checkpoint_paths: "{prefix}"\n'.encode(),
    }


class _Writer:
    """Tensors one after another, and the index entry of each."""

    def __init__(self) -> None:
        header = wire.number(1, 1) + wire.block(3, wire.number(1, _PRODUCER))
        self.data, self.entries = bytearray(), {b"": header}

    def floats(self, name: str, shape: Sequence[int], values: Iterable[float]) -> None:
        """A float32 tensor."""
        content = struct.pack(f"<{math.prod(shape)}f", *values)
        self._add(name, _FLOAT, shape, content, crc32c(content))

    def string(self, name: str, text: bytes) -> None:
        """A scalar of bytes: its length, the checksum of the length, itself. Its own checksum takes the length as four bytes."""
        of_length = crc32c(struct.pack("<I", len(text)))
        length_check = struct.pack("<I", masked(of_length))
        self._add(name, _STRING, (), wire.varint(len(text)) + length_check + text, crc32c(length_check + text, of_length))

    def _add(self, name: str, kind: int, shape: Sequence[int], content: bytes, crc: int) -> None:
        sizes = b"".join(wire.block(2, wire.number(1, size)) for size in shape)
        place = wire.number(4, len(self.data)) + wire.number(5, len(content))
        self.entries[name.encode()] = wire.number(1, kind) + wire.block(2, sizes) + place + wire.fixed32(6, masked(crc))
        self.data += content


def _checkpoint_key(path: str) -> str:
    return f"{path}/.ATTRIBUTES/VARIABLE_VALUE"


def _object_graph(paths: Iterable[str]) -> bytes:
    """The objects above the variables, the model first; an object tells its children by number and a variable where its value is."""
    parents = {"/".join(parts[:depth]) for path in paths for parts in [path.split("/")] for depth in range(1, len(parts) + 1)}
    numbers = {path: number for number, path in enumerate(["", *sorted(parents)])}
    variables = set(paths)
    return b"".join(wire.block(1, _object(path, numbers, path in variables)) for path in numbers)


def _object(path: str, numbers: Mapping[str, int], is_variable: bool) -> bytes:
    children = [child for child in numbers if child and child.rpartition("/")[0] == path]
    told = b"".join(wire.block(1, wire.number(1, numbers[child]) + wire.block(2, child.rpartition("/")[2])) for child in children)
    if is_variable:
        told += wire.block(2, wire.block(1, "VARIABLE_VALUE") + wire.block(2, path) + wire.block(3, _checkpoint_key(path)))
    return told
