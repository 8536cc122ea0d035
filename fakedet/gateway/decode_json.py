"""JSON bodies to messages, as golang/protobuf's jsonpb reads them: one decoder per message type, compiled on first use.

A decoder takes a value of go_json and returns the plain value a service sees; None (JSON null) gives the zero value of an
element. Numbers come as int and float first; a decoder that must show a number's text raises Inexact, and the body is read again.
"""
from __future__ import annotations

import base64
import functools
import re
from typing import Any, Callable

from fakedet import spec
from fakedet.domain.go_text import NumError, parse_float, quote
from fakedet.domain.message import Message
from fakedet.domain.go_json import GoJsonError, Number, kind, unmarshal
from fakedet.domain.timestamps import GoTimeError, parse_time

Decoder = Callable[[Any], Any]
INTEGER_RANGES = {"int32": (-2**31, 2**31 - 1), "int64": (-2**63, 2**63 - 1), "uint32": (0, 2**32 - 1), "uint64": (0, 2**64 - 1)}
WRAPPED = {"google.protobuf.BoolValue": "bool", "google.protobuf.Int32Value": "int32",
           "google.protobuf.DoubleValue": "double", "google.protobuf.StringValue": "string"}
_NON_FINITE = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_WHOLE = re.compile(r"-?[0-9]+", re.ASCII)
#: Doubles hold every integer up to here.
_EXACT = 2**53


class Inexact(Exception):
    """The text of a number is needed and was not kept."""


class BadValue(ValueError):
    """A value of the wrong type or form; the message is what the client reads."""


@functools.cache
def message_type(name: str) -> type[Message]:
    """The class of messages `name`, with a class attribute for each default."""
    declared = spec.fields(name)
    maps = tuple(field.name for field in declared if spec.is_map(field))
    lists = tuple(field.name for field in declared if field.repeated and field.name not in maps)
    defaults = {field.name: _default(field) for field in declared if not field.repeated}
    names = {"message_name": name, "field_names": tuple(field.name for field in declared), "list_names": lists, "map_names": maps}
    return type(name.rpartition(".")[2], (Message,), {**defaults, **names})


@functools.cache
def decoder(type_name: str) -> Decoder:
    """The decoder of one value of a type: a scalar, an enum, a well-known type or a message."""
    if type_name in _SIMPLE:
        return _SIMPLE[type_name]
    if type_name in INTEGER_RANGES:
        return _integer(type_name, *INTEGER_RANGES[type_name])
    if type_name in WRAPPED:
        return decoder(WRAPPED[type_name])
    values = spec.enum(type_name)
    return _message(type_name) if values is None else _enum(type_name, values)


def mismatch(value: Any, target: str) -> BadValue:
    """Go's error for a value of the wrong kind."""
    return BadValue(f"json: cannot unmarshal {kind(value)} into Go value of type {target}")


def _default(field: spec.Field) -> Any:
    if field.omitted:
        return None
    zeros = {"string": "", "bool": False, "double": 0.0, "float": 0.0, "bytes": b""}
    if field.type in INTEGER_RANGES:
        return 0
    return _zero_name(field.type) if spec.enum(field.type) is not None else zeros.get(field.type)


def _zero_name(enum_name: str) -> str | int:
    values = spec.enum(enum_name) or {}
    return next((name for name, number in values.items() if number == 0), 0)


def _message(type_name: str) -> Decoder:
    made = message_type(type_name)
    plan = tuple((field.name, field.json, _field_decoder(field)) for field in spec.fields(type_name))
    oneofs = _oneofs(spec.fields(type_name))

    def decode(value: Any) -> Message:
        message = made()
        if value is None:
            return message
        if type(value) is not dict:
            raise mismatch(value, "map[string]json.RawMessage")
        attributes = message.__dict__
        for name, key, decode_field in plan:
            raw = value[key] if key in value else value.get(name)
            if raw is not None:
                attributes[name] = decode_field(raw)
        for members in oneofs:
            keep_last(attributes, members)
        return message
    return decode


def _oneofs(declared: tuple[spec.Field, ...]) -> list[list[str]]:
    groups = {field.oneof for field in declared if field.oneof}
    return [[field.name for field in declared if field.oneof == group] for group in sorted(groups)]


def keep_last(attributes: dict[str, Any], members: list[str]) -> None:
    """Of the members of a oneof only the one set last is set."""
    for name in [name for name in members if name in attributes][:-1]:
        del attributes[name]


def _field_decoder(field: spec.Field) -> Decoder:
    if spec.is_map(field):
        return _map(decoder(spec.fields(field.type)[1].type))
    if field.repeated:
        return _list(field.type)
    return _lazy(field.type)


def _lazy(type_name: str) -> Decoder:
    """A decoder that is compiled when the first value comes (messages may contain themselves)."""
    if not type_name.startswith("determined.") or spec.enum(type_name) is not None:
        return decoder(type_name)
    return lambda value: decoder(type_name)(value)


def _list(type_name: str) -> Decoder:
    element = _lazy(type_name)

    def decode(value: Any) -> list[Any]:
        if type(value) is not list:
            raise mismatch(value, "[]json.RawMessage")
        return [element(item) for item in value]
    return decode


def _map(element: Decoder) -> Decoder:
    def decode(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise mismatch(value, "map[string]json.RawMessage")
        return {key: element(item) for key, item in value.items()}
    return decode


def _integer(target: str, low: int, high: int) -> Decoder:
    def decode(value: Any) -> int:
        if type(value) is int and low <= value <= high:
            return value
        return _integer_slowly(value, target, low, high)
    return decode


def _integer_slowly(value: Any, target: str, low: int, high: int) -> int:
    text = _number_text(value, target)
    if text is None:
        return 0
    if not _WHOLE.fullmatch(text) or not low <= int(text) <= high:
        raise BadValue(f"json: cannot unmarshal number {text} into Go value of type {target}")
    return int(text)


def _number_text(value: Any, target: str) -> str | None:
    """The text of a number, also of one in quotes; None for null."""
    if type(value) is str:
        value = _unmarshalled(value)
    if type(value) in (int, float):
        raise Inexact
    if value is not None and type(value) is not Number:
        raise mismatch(value, target)
    return None if value is None else value.text


def _unmarshalled(text: str) -> Any:
    try:
        return unmarshal(text)
    except GoJsonError as error:
        raise BadValue(str(error)) from None


def _float(target: str, bits: int) -> Decoder:
    def decode(value: Any) -> float:
        if type(value) is float and bits == 64:
            return value
        if type(value) is str and value in _NON_FINITE:
            return _NON_FINITE[value]
        text = repr(value) if type(value) in (int, float) else _number_text(value, target)
        try:
            return 0.0 if text is None else parse_float(text, bits)
        except NumError:
            if type(value) in (int, float):
                raise Inexact from None
            raise BadValue(f"json: cannot unmarshal number {text} into Go value of type {target}") from None
    return decode


def _string(value: Any) -> str:
    if type(value) is str:
        return value
    if value is None:
        return ""
    raise mismatch(value, "string")


def _bool(value: Any) -> bool:
    if type(value) is bool:
        return value
    if value is None:
        return False
    raise mismatch(value, "bool")


def _timestamp(value: Any) -> int:
    if value is None:
        return 0
    try:
        return parse_time(_string(value))
    except GoTimeError as error:
        raise BadValue(f"bad Timestamp: {error}") from None


def _bytes(value: Any) -> bytes:
    if type(value) is list:
        return bytes(decoder("uint8")(item) for item in value)
    if value is not None and type(value) is not str:
        raise mismatch(value, "[]uint8")
    return decode_base64(value or "")


def decode_base64(text: str) -> bytes:
    """Standard base64 with padding; line breaks are skipped, anything else is refused at its place."""
    groups = re.match(r"(?:(?:[A-Za-z0-9+/][\r\n]*){4})*(?:(?:[A-Za-z0-9+/][\r\n]*){2}=[\r\n]*=[\r\n]*|"
                      r"(?:[A-Za-z0-9+/][\r\n]*){3}=[\r\n]*)?", text)
    assert groups is not None
    if groups.end() < len(text):
        raise BadValue(f"illegal base64 data at input byte {_first_bad(text, groups.end())}")
    return base64.b64decode(text)


def _first_bad(text: str, start: int) -> int:
    wrong = re.compile(r"[^A-Za-z0-9+/\r\n]").search(text, start)
    place = wrong.start() if wrong else len(text)
    return len(text[:place].encode("utf-8", "surrogateescape"))


def _enum(type_name: str, values: Any) -> Decoder:
    shown = {number: name for name, number in reversed(values.items())}
    zero = _zero_name(type_name)

    def decode(value: Any) -> str | int:
        if type(value) is str:
            if value not in values:
                raise BadValue(f"unknown value {quote(chr(34) + value + chr(34))} for enum {type_name}")
            return shown[values[value]]
        number = zero if value is None else number_of(value)
        return shown.get(number, number)

    number_of = _integer("protoreflect.EnumNumber", *INTEGER_RANGES["int32"])
    return decode


def _struct(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if type(value) is not dict:
        raise BadValue(f"bad StructValue: {mismatch(value, 'map[string]json.RawMessage')}")
    return _any(value)


def _list_value(value: Any) -> list[Any]:
    if value is None:
        return []
    if type(value) is not list:
        raise BadValue(f"bad ListValue: {mismatch(value, '[]json.RawMessage')}")
    return _any(value)


def _any(value: Any) -> Any:
    """A free JSON value; every number passes through a double."""
    kind_of = type(value)
    if kind_of is dict:
        return {key: _any_under(key, item) for key, item in value.items()}
    if kind_of is list:
        return [_any(item) for item in value]
    if kind_of is int:
        return value if -_EXACT <= value <= _EXACT else int(float(value))
    return _double_of(value) if kind_of is Number else value


def _any_under(key: str, value: Any) -> Any:
    if value.__class__ is str or value.__class__ is float:
        return value
    try:
        return _any(value)
    except BadValue as error:
        raise BadValue(f"bad value in StructValue for key {quote(key)}: {error}") from None


def _double_of(number: Number) -> int | float:
    if _WHOLE.fullmatch(number.text) and number.text != "-0" and len(number.text) < 300:
        return int(float(number.text))
    try:
        return parse_float(number.text)
    except NumError:
        raise BadValue(f"unrecognized type for Value {quote(number.text)}") from None


def _field_mask(value: Any) -> list[str]:
    if value is None:
        return []
    if type(value) is not dict:
        raise mismatch(value, "map[string]json.RawMessage")
    return _list("string")(value["paths"]) if value.get("paths") is not None else []


_SIMPLE: dict[str, Decoder] = {
    "string": _string, "bool": _bool, "bytes": _bytes, "double": _float("float64", 64), "float": _float("float32", 32),
    "uint8": _integer("uint8", 0, 255), "google.protobuf.Timestamp": _timestamp, "google.protobuf.Struct": _struct,
    "google.protobuf.ListValue": _list_value, "google.protobuf.Value": _any, "google.protobuf.FieldMask": _field_mask,
}
