"""JSON values to the scalars and well-known types of protobuf, as Go's encoding/json and golang/protobuf's jsonpb read them.

A decoder takes a value of a JSON reader and returns the plain value a service sees; None (JSON null) gives the zero value.
Numbers come as int and float first; a decoder that must show a number's text raises Inexact, and the body is read again, exactly.
"""
from __future__ import annotations

import re
from typing import Any, Callable

from fakedet.domain import go_base64
from fakedet.domain.go_json import GoJsonError, Number, kind, unmarshal
from fakedet.domain.go_text import NumError, parse_float, quote
from fakedet.domain.timestamps import GoTimeError, parse_time

Decoder = Callable[[Any], Any]
INTEGER_RANGES = {"int32": (-2**31, 2**31 - 1), "int64": (-2**63, 2**63 - 1), "uint32": (0, 2**32 - 1), "uint64": (0, 2**64 - 1)}
_NON_FINITE = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_WHOLE = re.compile(r"-?[0-9]+", re.ASCII)
#: Doubles hold every integer up to here.
_EXACT = 2**53


class Inexact(Exception):
    """The text of a number is needed and was not kept."""


class BadValue(ValueError):
    """A value of the wrong type or form; the message is what the client reads."""


def mismatch(value: Any, target: str) -> BadValue:
    """Go's error for a value of the wrong kind."""
    return BadValue(f"json: cannot unmarshal {kind(value)} into Go value of type {target}")


def integer(target: str, low: int, high: int) -> Decoder:
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


def string(value: Any) -> str:
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
        return parse_time(string(value))
    except GoTimeError as error:
        raise BadValue(f"bad Timestamp: {error}") from None


def _bytes(value: Any) -> bytes:
    if type(value) is list:
        return bytes(_BYTE(item) for item in value)
    if value is not None and type(value) is not str:
        raise mismatch(value, "[]uint8")
    return decode_base64(value or "")


def decode_base64(text: str) -> bytes:
    """Bytes as both the query and the body have them."""
    try:
        return go_base64.decode(text)
    except go_base64.CorruptInput as error:
        raise BadValue(str(error)) from None


def _struct(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if type(value) is not dict:
        raise BadValue(f"bad StructValue: {mismatch(value, 'map[string]json.RawMessage')}")
    return {key: _any_under(key, item) for key, item in value.items()}


def _list_value(value: Any) -> list[Any]:
    if value is None:
        return []
    if type(value) is not list:
        raise BadValue(f"bad ListValue: {mismatch(value, '[]json.RawMessage')}")
    return [_any(item) for item in value]


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


_BYTE = integer("uint8", 0, 255)
SCALARS: dict[str, Decoder] = {
    **{name: integer(name, *limits) for name, limits in INTEGER_RANGES.items()},
    "string": string, "bool": _bool, "bytes": _bytes, "double": _float("float64", 64), "float": _float("float32", 32),
    "google.protobuf.Timestamp": _timestamp, "google.protobuf.Struct": _struct,
    "google.protobuf.ListValue": _list_value, "google.protobuf.Value": _any,
}
