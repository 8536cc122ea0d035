"""Pickles of plain values and of objects whose classes are not importable here, in protocol 2.

Python's own pickler needs every class at hand; torch's are only named. No memo is used, so equal values give equal bytes on any
Python version, and only opcodes that torch's safe loader (weights_only) knows.
"""
from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

_START, _STOP, _MARK = b"\x80\x02", b".", b"("
_TUPLES = {0: b")", 1: b"\x85", 2: b"\x86", 3: b"\x87"}


@dataclass(frozen=True)
class Name:
    """A class or function by module and name; called when the pickle is loaded."""

    module: str
    name: str


@dataclass(frozen=True)
class Call:
    """What a function returns when the pickle is loaded, with items and attributes set on it."""

    function: Name
    arguments: tuple[Any, ...] = ()
    items: dict[Any, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Persistent:
    """Something that the reader gets from elsewhere by this id."""

    id: Any


def ordered_dict(items: dict[str, Any], **attributes: Any) -> Call:
    """An OrderedDict with these items and attributes."""
    return Call(Name("collections", "OrderedDict"), items=items, attributes=attributes)


def pickled(value: Any) -> bytes:
    """The pickle of a value."""
    return _START + _body(value) + _STOP


def _body(value: Any) -> bytes:
    try:
        return _WRITERS[type(value)](value)
    except KeyError:
        raise TypeError(f"A {type(value).__name__} cannot be pickled here.") from None


def _integer(value: int) -> bytes:
    if 0 <= value < 1 << 8:
        return b"K" + bytes([value])
    if -(1 << 31) <= value < 1 << 31:
        return b"J" + struct.pack("<i", value)
    data = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(data)]) + data


def _text(value: str) -> bytes:
    data = value.encode("utf-8", "surrogatepass")
    return b"X" + struct.pack("<I", len(data)) + data


def _tuple(value: tuple[Any, ...]) -> bytes:
    parts = b"".join(map(_body, value))
    return parts + _TUPLES[len(value)] if len(value) in _TUPLES else _MARK + parts + b"t"


def _list(value: list[Any]) -> bytes:
    return b"]" + (_MARK + b"".join(map(_body, value)) + b"e" if value else b"")


def _dict(value: dict[Any, Any]) -> bytes:
    return b"}" + _items(value)


def _items(value: dict[Any, Any]) -> bytes:
    return _MARK + b"".join(_body(part) for item in value.items() for part in item) + b"u" if value else b""


def _name(value: Name) -> bytes:
    return b"c" + f"{value.module}\n{value.name}\n".encode()


def _call(value: Call) -> bytes:
    state = _dict(value.attributes) + b"b" if value.attributes else b""
    return _name(value.function) + _tuple(value.arguments) + b"R" + _items(value.items) + state


_WRITERS: dict[type, Callable[[Any], bytes]] = {
    type(None): lambda value: b"N",
    bool: lambda value: b"\x88" if value else b"\x89",
    int: _integer,
    float: lambda value: b"G" + struct.pack(">d", value),
    str: _text,
    tuple: _tuple,
    list: _list,
    dict: _dict,
    Name: _name,
    Call: _call,
    Persistent: lambda value: _body(value.id) + b"Q",
}
