"""A sorted table of keys and values, the file format of LevelDB in which TensorFlow keeps a checkpoint's index.

One data block, an empty meta block, an index block, a footer. Keys are written whole: each is a restart point.
"""
from __future__ import annotations

import struct
from collections.abc import Mapping

from fakedet.engine.frameworks.crc32c import crc32c, masked
from fakedet.engine.frameworks.protobuf_wire import varint

_MAGIC = 0xDB4775248B80FB57
_FOOTER = 48
_NOT_COMPRESSED = b"\0"


def sorted_table(entries: Mapping[bytes, bytes]) -> bytes:
    """The file with these entries."""
    keys = sorted(entries)
    data = _block({key: entries[key] for key in keys})
    meta = _block({})
    index = _block({keys[-1]: _handle(0, data)})
    meta_at, index_at = len(data), len(data) + len(meta)
    handles = _handle(meta_at, meta) + _handle(index_at, index)
    return data + meta + index + handles.ljust(_FOOTER - 8, b"\0") + struct.pack("<Q", _MAGIC)


def _block(entries: Mapping[bytes, bytes]) -> bytes:
    content, restarts = bytearray(), []
    for key, value in entries.items():
        restarts.append(len(content))
        content += varint(0) + varint(len(key)) + varint(len(value)) + key + value
    restarts = restarts or [0]
    content += struct.pack(f"<{len(restarts) + 1}I", *restarts, len(restarts))
    checked = bytes(content) + _NOT_COMPRESSED
    return checked + struct.pack("<I", masked(crc32c(checked)))


def _handle(offset: int, block: bytes) -> bytes:
    """Where a block is; its size is told without the five bytes of compression and checksum."""
    return varint(offset) + varint(len(block) - 5)
