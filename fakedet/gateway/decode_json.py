"""JSON objects to messages, as golang/protobuf's jsonpb reads them: one decoder per message type, compiled on first use."""
from __future__ import annotations

import functools
from typing import Any, Mapping

from fakedet import spec
from fakedet.domain.go_text import quote
from fakedet.domain.message import Message
from fakedet.gateway.decode_values import INTEGER_RANGES, SCALARS, BadValue, Decoder, integer, mismatch


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
    if type_name in SCALARS:
        return SCALARS[type_name]
    if type_name in spec.WRAPPED:
        return decoder(spec.WRAPPED[type_name])
    if type_name == "google.protobuf.FieldMask":
        return _field_mask
    values = spec.enum(type_name)
    return _message(type_name) if values is None else _enum(type_name, values)


def _default(field: spec.Field) -> Any:
    if field.omitted:
        return None
    zeros = {"string": "", "bool": False, "double": 0.0, "float": 0.0, "bytes": b""}
    if field.type in INTEGER_RANGES:
        return 0
    return spec.enum_names(field.type).get(0, 0) if spec.enum(field.type) is not None else zeros.get(field.type)


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


def _enum(type_name: str, values: Mapping[str, int]) -> Decoder:
    names = spec.enum_names(type_name)
    number_of = integer("protoreflect.EnumNumber", *INTEGER_RANGES["int32"])

    def decode(value: Any) -> str | int:
        if type(value) is not str:
            number: int = number_of(value)
            return names.get(number, number)
        if value not in values:
            raise BadValue(f"unknown value {quote(chr(34) + value + chr(34))} for enum {type_name}")
        return names[values[value]]
    return decode


def _field_mask(value: Any) -> list[str]:
    if value is None:
        return []
    if type(value) is not dict:
        raise mismatch(value, "map[string]json.RawMessage")
    return _list("string")(value["paths"]) if value.get("paths") is not None else []
