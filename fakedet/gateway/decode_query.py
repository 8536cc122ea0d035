"""Query strings and path variables to fields, as grpc-gateway 1.16 sets them (runtime/query.go) from Go's url.ParseQuery.

Keys are proto or JSON names, dots go into messages, a repeated key fills a list (for others its first value counts).
"""
from __future__ import annotations

import functools
import re
from typing import Any, Callable
from urllib.parse import unquote_to_bytes

from fakedet import spec
from fakedet.domain.go_text import NumError, parse_bool, parse_float, parse_int, parse_uint, quote
from fakedet.domain.message import Message
from fakedet.domain.timestamps import GoTimeError, parse_time
from fakedet.gateway.decode_json import decoder, message_type
from fakedet.gateway.decode_values import BadValue, decode_base64

Converter = Callable[[str], Any]
FieldConverter = Callable[[list[str]], Any]
Setter = Callable[[Message, list[str]], None]
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_INDEXED = re.compile(r"(.*)\[(.*)\]")
_GO_PACKAGES = {"Timestamp": "timestamppb", "Struct": "structpb", "Value": "structpb", "ListValue": "structpb", "FieldMask": "fieldmaskpb"}


def parse_query(raw_query: str) -> dict[str, list[str]]:
    """url.ParseQuery: the values of each key in order; raises BadValue."""
    values: dict[str, list[str]] = {}
    problem = ""
    for pair in raw_query.split("&"):
        if ";" in pair:
            problem = "invalid semicolon separator in query"
        elif pair:
            key, _, value = pair.partition("=")
            problem = problem or _bad_escape(key) or _bad_escape(value)
            values.setdefault(_unescaped(key), []).append(_unescaped(value))
    if problem:
        raise BadValue(problem)
    return values


def _bad_escape(text: str) -> str:
    found = _BAD_ESCAPE.search(text)
    return f"invalid URL escape {quote(text[found.start():found.start() + 3])}" if found else ""


def _unescaped(text: str) -> str:
    if "%" not in text and "+" not in text and text.isascii():
        return text
    plain = text.replace("+", " ").encode("utf-8", "surrogateescape")
    return unquote_to_bytes(plain).decode("utf-8", "surrogateescape")


def set_from_query(message: Message, values: dict[str, list[str]], bound: frozenset[str]) -> None:
    """Set the fields that `values` name, apart from those at or below a path in `bound` (the body's field, path variables)."""
    for key, given in values.items():
        indexed = _INDEXED.fullmatch(key) if key.endswith("]") else None
        if indexed:
            key, given = indexed.group(1), [indexed.group(2), *given]
        if key not in bound and not any(key.startswith(taken + ".") for taken in bound):
            set_field(message, key, given)


def set_field(message: Message, path: str, given: list[str]) -> None:
    """Set the field at a path of dotted names, making the messages on the way; an unknown name is ignored."""
    _setter(message.message_name, path)(message, given)


@functools.lru_cache(2048)
def _setter(message_name: str, path: str, depth: int = 0) -> Setter:
    """What sets the field at `path`, whose first `depth` names led to this message."""
    names = path.split(".")
    field = _fields_by_name(message_name).get(names[depth])
    if field is None:
        return lambda message, given: None
    if depth + 1 < len(names) and _is_message(field) and not field.repeated:
        return _below(field, _setter(field.type, path, depth + 1))
    convert = _converter_of(field) if depth + 1 == len(names) else _below_value(names, depth + 1, field)
    siblings = [other.name for other in spec.fields(message_name) if field.oneof and other.oneof == field.oneof]

    def set_value(message: Message, given: list[str]) -> None:
        if siblings:
            _claim_oneof(message, field, siblings)
        message.__dict__[field.name] = convert(given)
    return set_value


def _below(field: spec.Field, inner: Setter) -> Setter:
    def set_inside(message: Message, given: list[str]) -> None:
        if getattr(message, field.name) is None:
            message.__dict__[field.name] = message_type(field.type)()
        inner(getattr(message, field.name), given)
    return set_inside


def _claim_oneof(message: Message, field: spec.Field, siblings: list[str]) -> None:
    if any(name in message.__dict__ for name in siblings):
        raise BadValue(f"field already set for {field.oneof} oneof")


def _below_value(names: list[str], depth: int, field: spec.Field) -> FieldConverter:
    """What becomes of the names below a field that is no message: only a wrapper has a field, `value`."""
    if field.repeated and not spec.is_map(field) or field.type == "bytes":
        return _refuse(f"unexpected repeated field in {'.'.join(names)}")
    if field.type in spec.WRAPPED and not field.repeated:
        inner = spec.Field("value", "value", spec.WRAPPED[field.type])
        return _converter_of(inner) if names[depth:] == ["value"] else lambda given: decoder(field.type)(None)
    if field.optional and not field.type.startswith("google."):
        return _refuse(f"non-aggregate type in the mid of path: {'.'.join(names)}")
    return _refuse(f"unexpected nested field {names[depth]} in {'.'.join(names[:depth])}")


def _refuse(problem: str) -> FieldConverter:
    def refuse(given: list[str]) -> Any:
        raise BadValue(problem)
    return refuse


def _converter_of(field: spec.Field) -> FieldConverter:
    """What makes a field's value of the texts given for it."""
    if spec.is_map(field):
        return lambda given: _map_entry(field, given)
    if field.repeated and (_is_message(field) or field.type.startswith("google.")):
        return _refuse(f"unsupported field type *{_go_type(field.type)}")
    if _is_message(field) or field.type in ("google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.ListValue"):
        return _refuse(f"field type *{_go_type(field.type)} is not supported in query parameters")
    convert = _converter(field.type)
    return (lambda given: [convert(text) for text in given]) if field.repeated else (lambda given: convert(given[0]))


def _map_entry(field: spec.Field, given: list[str]) -> dict[str, Any]:
    name = "".join(part.capitalize() for part in field.name.split("_"))
    if len(given) != 2:
        raise BadValue(f"more than one value provided for key {given[0]} in map {name}")
    value_type = spec.fields(field.type)[1].type
    if value_type.startswith("determined."):
        raise BadValue(f"unsupported value type *{_go_type(value_type)} in map {name}")
    return {given[0]: _converter(value_type)(given[1])}


@functools.cache
def _converter(type_name: str) -> Converter:
    plain: dict[str, Converter] = {
        "string": str, "bool": parse_bool, "bytes": decode_base64, "double": parse_float,
        "int32": lambda text: parse_int(text, 32), "int64": lambda text: parse_int(text, 64),
        "uint32": lambda text: parse_uint(text, 32), "uint64": lambda text: parse_uint(text, 64),
        "float": lambda text: parse_float(text, 32), "google.protobuf.Timestamp": _time, "google.protobuf.BoolValue": _bool_value,
        "google.protobuf.StringValue": str, "google.protobuf.DoubleValue": lambda text: _number_value(parse_float, text),
        "google.protobuf.Int32Value": lambda text: _number_value(_decimal, text),
        "google.protobuf.FieldMask": lambda text: [path for path in text.split(",") if path],
    }
    found = plain.get(type_name) or _enum(type_name)
    return _with_go_errors(found)


def _with_go_errors(convert: Converter) -> Converter:
    def converted(text: str) -> Any:
        try:
            return convert(text)
        except NumError as error:
            raise BadValue(str(error)) from None
    return converted


def _decimal(text: str) -> int:
    value = parse_int(text, 64, base=10)
    return (value + 2**31) % 2**32 - 2**31


def _number_value(parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text)
    except NumError:
        raise BadValue(f"bad DoubleValue: {text}") from None


def _bool_value(text: str) -> bool:
    if text not in ("true", "false"):
        raise BadValue(f"bad BoolValue: {text}")
    return text == "true"


def _time(text: str) -> int:
    try:
        return 0 if text == "null" else parse_time(text)
    except GoTimeError as error:
        raise BadValue(f"bad Timestamp: {error}") from None


def _enum(type_name: str) -> Converter:
    values = spec.enum(type_name) or {}
    numbers = set(values.values())

    def convert(text: str) -> Any:
        if text in values:
            return decoder(type_name)(text)
        try:
            number = parse_int(text, 64, base=10)
        except NumError:
            number = -1
        if number not in numbers:
            raise BadValue(f"{text} is not a valid {_go_type(type_name)}")
        return decoder(type_name)(number)
    return convert


def _is_message(field: spec.Field) -> bool:
    return field.type.startswith("determined.") and spec.enum(field.type) is None


@functools.cache
def _fields_by_name(message_name: str) -> dict[str, spec.Field]:
    """Fields by both names; members of a oneof are looked up first."""
    declared = sorted(spec.fields(message_name), key=lambda field: not field.oneof)
    found: dict[str, spec.Field] = {}
    for field in declared:
        found.setdefault(field.name, field)
        found.setdefault(field.json, field)
    return found


def _go_type(type_name: str) -> str:
    """`determined.api.v1.GetModelsRequest.SortBy` as Go code names it: `apiv1.GetModelsRequest_SortBy`."""
    if type_name.startswith("google.protobuf."):
        name = type_name.rpartition(".")[2]
        return f"{'wrapperspb' if type_name in spec.WRAPPED else _GO_PACKAGES[name]}.{name}"
    _, package, version, *names = type_name.split(".")
    return f"{package}{version}.{'_'.join(names)}"
