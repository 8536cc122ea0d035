"""HDF5 files without HDF5: groups, float32 datasets and attributes of text, as h5py and Keras read them.

A group is a mapping; an `Array` in it is a dataset; `Group.attributes` are texts, or lists of texts. Objects are written children first,
each a header (version 2) whose messages say all about it; a dataset's numbers follow its header.
"""
from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Union

from fakedet.engine.frameworks.lookup3 import lookup3

_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_SUPERBLOCK = 48
_NOWHERE = (1 << 64) - 1
_DATASPACE, _LINK_INFO, _DATATYPE, _FILL_VALUE, _LINK, _LAYOUT, _GROUP_INFO, _ATTRIBUTE = 1, 2, 3, 5, 6, 8, 10, 12
#: little endian, the sign in bit 31, 8 bits of exponent from bit 23 on, 23 bits of mantissa
_FLOAT32 = struct.pack("<B3sIHHBBBBI", 0x11, b"\x20\x1f\x00", 4, 0, 32, 23, 8, 0, 23, 127)
_NULL_PADDED = b"\x01\x00\x00"
_NO_FILL_VALUE = b"\x03\x0a"
MOST_IN_A_MESSAGE = 0xFFFF
Text = Union[str, Sequence[str]]


@dataclass(frozen=True)
class Array:
    """A dataset of float32."""

    shape: Sequence[int]
    values: Sequence[float]


@dataclass(frozen=True)
class Group:
    """What a group has in it, and what is told about it."""

    members: Mapping[str, Union[Array, "Group"]]
    attributes: Mapping[str, Text] = field(default_factory=dict)


def hdf5_file(root: Group) -> bytes:
    """The file with this root group."""
    content = bytearray(_SUPERBLOCK)
    place = _add_group(content, root)
    head = _SIGNATURE + struct.pack("<4B4Q", 2, 8, 8, 0, 0, _NOWHERE, len(content), place)
    content[:_SUPERBLOCK] = head + struct.pack("<I", lookup3(head))
    return bytes(content)


def _add_group(content: bytearray, group: Group) -> int:
    """Append a group after its members; where it is."""
    places = {name: _add(content, member) for name, member in group.members.items()}
    messages = [(_LINK_INFO, struct.pack("<2B2Q", 0, 0, _NOWHERE, _NOWHERE)), (_GROUP_INFO, b"\0\0")]
    messages += [(_LINK, struct.pack("<3B", 1, 0, len(name.encode())) + name.encode() + struct.pack("<Q", place)) for name, place in places.items()]
    messages += [(_ATTRIBUTE, _attribute(name, value)) for name, value in group.attributes.items()]
    return _add_header(content, messages)


def _add(content: bytearray, member: Array | Group) -> int:
    return _add_group(content, member) if isinstance(member, Group) else _add_array(content, member)


def _add_array(content: bytearray, array: Array) -> int:
    numbers = struct.pack(f"<{math.prod(array.shape)}f", *array.values)
    data_place = len(content) if numbers else _NOWHERE
    content += numbers
    return _add_header(content, [
        (_DATASPACE, _dataspace(array.shape)), (_DATATYPE, _FLOAT32), (_FILL_VALUE, _NO_FILL_VALUE),
        (_LAYOUT, struct.pack("<2B2Q", 3, 1, data_place, len(numbers)))])


def _add_header(content: bytearray, messages: list[tuple[int, bytes]]) -> int:
    place = len(content)
    body = b"".join(struct.pack("<BHB", kind, len(told), 0) + told for kind, told in messages)
    header = b"OHDR" + struct.pack("<2BI", 2, 2, len(body)) + body
    content += header + struct.pack("<I", lookup3(header))
    return place


def _attribute(name: str, value: Text) -> bytes:
    texts = [value.encode()] if isinstance(value, str) else [text.encode() for text in value]
    size = max(map(len, texts), default=0) or 1
    datatype = b"\x13" + _NULL_PADDED + struct.pack("<I", size)
    dataspace = _dataspace(None if isinstance(value, str) else [len(texts)])
    label = name.encode() + b"\0"
    head = struct.pack("<2B3HB", 3, 0, len(label), len(datatype), len(dataspace), 0)
    told = head + label + datatype + dataspace + b"".join(text.ljust(size, b"\0") for text in texts)
    if len(told) > MOST_IN_A_MESSAGE:
        raise ValueError(f"The attribute {name!r} has {len(told)} bytes; HDF5 takes at most {MOST_IN_A_MESSAGE}.")
    return told


def _dataspace(shape: Sequence[int] | None) -> bytes:
    """Of one value if there is no shape."""
    sizes = () if shape is None else shape
    return struct.pack(f"<4B{len(sizes)}Q", 2, len(sizes), 0, int(bool(sizes)), *sizes)
