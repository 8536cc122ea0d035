"""Protocol buffers on the wire, as far as TensorFlow's checkpoint index needs them: a message is its fields one after another."""
from __future__ import annotations

import struct

_VARINT, _BYTES, _FIXED32 = 0, 2, 5


def varint(value: int) -> bytes:
    """A number of 0 and more, seven bits a byte, the lowest first."""
    coded = bytearray()
    while value > 0x7F:
        coded.append(value & 0x7F | 0x80)
        value >>= 7
    coded.append(value)
    return bytes(coded)


def number(field: int, value: int) -> bytes:
    """A field with a number."""
    return varint(field << 3 | _VARINT) + varint(value)


def fixed32(field: int, value: int) -> bytes:
    """A field with a number of four bytes."""
    return varint(field << 3 | _FIXED32) + struct.pack("<I", value)


def block(field: int, content: bytes | str) -> bytes:
    """A field with bytes, text or a message."""
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | _BYTES) + varint(len(content)) + content
