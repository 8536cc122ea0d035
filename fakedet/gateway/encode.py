"""Replies to JSON, as golang/protobuf's jsonpb writes them with defaults: one encoder per message type, compiled on first use.

Services return plain dicts by proto field name. Zero values are written, unset optional fields and oneofs left out, unset messages
null; a name that the message does not have is an error of the service and raises.
"""
from __future__ import annotations

import base64
import functools
import json
from decimal import Decimal
from typing import Any, Callable, Mapping

import orjson

from fakedet import spec
from fakedet.domain.go_text import shortest_float32
from fakedet.domain.timestamps import format_time

Encoder = Callable[[Any], Any]
_OMITTED = object()
_NATIVE: dict[str, type] = {"string": str, "bool": bool, "int32": int, "uint32": int}
_AS_IT_IS = frozenset({str, bool, type(None)})
#: Whole numbers are written with all their digits up to here.
_EXPONENT_FROM = 1e21
#: Doubles hold every integer up to here.
_EXACT = 2**53
_INFINITY = float("inf")
#: Structs with so many keys are remembered, so many of them.
_LARGE, _REMEMBERED = 16, 16


def encode_reply(message_name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON object of a reply, ready for `dump`."""
    encoded: dict[str, Any] = encoder(message_name)(value)
    return encoded


@functools.cache
def encoder(type_name: str) -> Encoder:
    """The encoder of one value of a type: a scalar, an enum, a well-known type or a message."""
    if type_name in _SIMPLE:
        return _SIMPLE[type_name]
    if type_name in _NATIVE:
        return _checked(type_name, _NATIVE[type_name])
    values = spec.enum(type_name)
    return _message(type_name) if values is None else _enum(type_name, values)


def dump(value: Any, pretty: bool) -> bytes:
    """JSON text, with `<`, `>` and `&` escaped as Go does, indented by four spaces if `pretty`."""
    return _escaped(json.dumps(value, indent=4, ensure_ascii=False).encode() if pretty else _compact(value))


def _compact(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # nested too deep for it, or an integer beyond 64 bits
        return json.dumps(value, separators=(",", ":")).encode()


def _escaped(text: bytes) -> bytes:
    for char, escape in ((b"<", rb"\u003c"), (b">", rb"\u003e"), (b"&", rb"\u0026"),
                         ("\u2028".encode(), rb"\u2028"), ("\u2029".encode(), rb"\u2029")):
        if char in text:
            text = text.replace(char, escape)
    return text


def _message(type_name: str) -> Encoder:
    declared = spec.fields(type_name)
    plan = tuple((field.name, field.json, _NATIVE.get(field.type) if not field.repeated else None, _field_encoder(field), _unset(field))
                 for field in declared)
    names = frozenset(field.name for field in declared)

    def encode(value: Any) -> dict[str, Any]:
        if not names.issuperset(value):
            raise KeyError(f"{type_name} has no field {', '.join(sorted(set(value) - names))}")
        found = {}
        for name, key, native, encode_field, unset in plan:
            given = value.get(name)
            if given is None:
                if unset is not _OMITTED:
                    found[key] = unset
            elif given.__class__ is native:
                found[key] = given
            else:
                found[key] = encode_field(given)
        return found
    return encode


def _unset(field: spec.Field) -> Any:
    """What is written for an unset field."""
    if field.repeated:
        return {} if spec.is_map(field) else []
    if field.omitted:
        return _OMITTED
    values = spec.enum(field.type)
    if values is not None:
        return _enum(field.type, values)(0)
    zeros = {"string": "", "bool": False, "int64": "0", "uint64": "0", "int32": 0, "uint32": 0, "double": 0, "float": 0}
    return zeros.get(field.type)


def _field_encoder(field: spec.Field) -> Encoder:
    if spec.is_map(field):
        return _map(encoder(spec.fields(field.type)[1].type))
    element = _lazy(field.type)
    return (lambda values: [element(value) for value in values]) if field.repeated else element


def _lazy(type_name: str) -> Encoder:
    """An encoder that is compiled when the first value comes (messages may contain themselves)."""
    if not type_name.startswith("determined.") or spec.enum(type_name) is not None:
        return encoder(type_name)
    return lambda value: encoder(type_name)(value)


def _map(element: Encoder) -> Encoder:
    return lambda values: {key: element(values[key]) for key in sorted(values)}


def _checked(type_name: str, native: type) -> Encoder:
    def encode(value: Any) -> Any:
        if not isinstance(value, native) or (native is int and isinstance(value, bool)):
            raise TypeError(f"a field of type {type_name} cannot be {value!r}")
        return native(value)
    return encode


def _enum(type_name: str, values: Mapping[str, int]) -> Encoder:
    shown = spec.enum_names(type_name)

    def encode(value: Any) -> Any:
        if value.__class__ is int:
            return shown.get(value, value)
        if value not in values:
            raise ValueError(f"{type_name} has no value {value!r}")
        return value
    return encode


def _long(value: Any) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"a 64-bit integer cannot be {value!r}")
    return str(value)


def _double(value: Any) -> Any:
    """A number as Go prints it: whole ones without a fraction, those that are none as text."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise TypeError(f"a number cannot be {value!r}")
    return _number(value)


def _number(value: int | float) -> Any:
    if value != value:
        return "NaN"
    if value in (_INFINITY, -_INFINITY):
        return "Infinity" if value > 0 else "-Infinity"
    if -_EXPONENT_FROM < value < _EXPONENT_FROM:
        return value if value % 1 else _whole(float(value))
    return float(value)


def _whole(value: float) -> int:
    """A whole number with the shortest digits that tell the double, and zeros after them."""
    if -_EXACT <= value <= _EXACT:
        return int(value)
    return int(Decimal(repr(value)))


def _any(value: Any) -> Any:
    """A free JSON value, keys sorted."""
    kind = value.__class__
    if kind is int:
        return value if -_EXACT <= value <= _EXACT else _number(value)
    if kind is dict:
        return {key: item if (item := value[key]).__class__ in _AS_IT_IS else _any(item) for key in sorted(value)}
    if kind is list or kind is tuple:
        return [_any(item) for item in value]
    return value if kind in _AS_IT_IS else _double(value)


def _struct(value: Any) -> Any:
    """A Struct. Large ones, which are configs, stand in every item of a list: what became of the last few is remembered, which
    rows allow because nobody changes them.
    """
    if value.__class__ is not dict or len(value) < _LARGE:
        return _any(value)
    known = _encoded_structs.get(id(value))
    if known is None or known[0] is not value:
        if len(_encoded_structs) >= _REMEMBERED:
            _encoded_structs.clear()
        known = _encoded_structs[id(value)] = (value, _any(value))
    return known[1]


_encoded_structs: dict[int, tuple[Any, Any]] = {}


def _wrapper(inner: str) -> Encoder:
    return lambda value: None if value is None else encoder(inner)(value)


_SIMPLE: dict[str, Encoder] = {
    "int64": _long, "uint64": _long, "double": _double, "float": lambda value: _double(shortest_float32(value)),
    "bytes": lambda value: base64.b64encode(value).decode() if value else None,  # Go sees a nil slice
    "google.protobuf.Timestamp": format_time, "google.protobuf.Struct": _struct, "google.protobuf.Value": _any,
    "google.protobuf.ListValue": _any, "google.protobuf.FieldMask": lambda paths: {"paths": list(paths)},
    **{name: _wrapper(inner) for name, inner in spec.WRAPPED.items()},
}
