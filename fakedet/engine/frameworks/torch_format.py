"""Files as `torch.save` writes them since torch 1.6, without torch: a zip with `data.pkl`, one raw storage a tensor, `version`.

Records are stored uncompressed and start at multiples of 64 bytes, so that torch can map them into memory.
"""
from __future__ import annotations

import io
import math
import struct
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from fakedet.engine.frameworks.pickle_format import Call, Name, Persistent, ordered_dict, pickled

FORMAT_VERSION = b"3\n"
_ALIGNMENT = 64
_LOCAL_HEADER, _EXTRA_HEADER = 30, 4
_PADDING_ID = b"FB"
_NO_DATE = (1980, 0, 0, 0, 0, 0)


class Tensors:
    """The tensors of one file: each gets a storage of its own, numbered as they come."""

    def __init__(self) -> None:
        self.storages: list[bytes] = []

    def float32(self, shape: Iterable[int], values: Iterable[float]) -> Call:
        """A float32 tensor."""
        sizes = tuple(shape)
        count = math.prod(sizes)
        return self._tensor("FloatStorage", sizes, count, struct.pack(f"<{count}f", *values))

    def uint8(self, content: bytes) -> Call:
        """A uint8 vector."""
        return self._tensor("ByteStorage", (len(content),), len(content), content)

    def _tensor(self, kind: str, sizes: tuple[int, ...], count: int, content: bytes) -> Call:
        storage = Persistent(("storage", Name("torch", kind), str(len(self.storages)), "cpu", count))
        self.storages.append(content)
        no_hooks = ordered_dict({})
        return Call(Name("torch._utils", "_rebuild_tensor_v2"), (storage, 0, sizes, tuple(_strides(sizes)), False, no_hooks))


def torch_file(value: Any, tensors: Tensors, *, name: str) -> bytes:
    """The file that `torch.load` turns into `value`; `name` is the folder within it, by custom the file's stem."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        _add(archive, f"{name}/data.pkl", pickled(value))
        for number, content in enumerate(tensors.storages):
            _add(archive, f"{name}/data/{number}", content)
        _add(archive, f"{name}/version", FORMAT_VERSION)
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, path: str, content: bytes) -> None:
    info = zipfile.ZipInfo(path, _NO_DATE)
    info.create_system = 0
    assert archive.fp is not None
    start = archive.fp.tell() + _LOCAL_HEADER + len(path.encode()) + _EXTRA_HEADER
    padding = -start % _ALIGNMENT
    info.extra = _PADDING_ID + struct.pack("<H", padding) + b"Z" * padding
    archive.writestr(info, content)


def _strides(sizes: tuple[int, ...]) -> Iterator[int]:
    """Row by row: the last dimension is next to itself."""
    for dimension in range(len(sizes)):
        yield math.prod(max(size, 1) for size in sizes[dimension + 1:])
