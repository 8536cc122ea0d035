"""A request's body, path variables and query to the message that its service takes, in the gateway's order."""
from __future__ import annotations

import functools
from typing import Any, NamedTuple

import orjson

from fakedet import spec
from fakedet.domain.errors import Internal, InvalidArgument
from fakedet.domain.go_json import NOTHING, GoJsonError, read
from fakedet.domain.message import Message
from fakedet.gateway.decode_json import decoder, message_type
from fakedet.gateway.decode_query import parse_query, set_field, set_from_query
from fakedet.gateway.decode_values import BadValue, Inexact


class _Binding(NamedTuple):
    """What of an RPC's request comes from where. `bound`: paths that the query cannot set."""

    body_field: spec.Field | None
    reads_query: bool
    bound: frozenset[str]


def decode_request(rpc: spec.Rpc, path_params: dict[str, str], raw_query: str, body: bytes, form_body: bool = False) -> Message:
    """The request message; raises InvalidArgument with the gateway's text. With `form_body` the body is part of the query."""
    binding = _binding(rpc)
    message = _from_body(rpc, binding, b"" if form_body else body)
    _set_path_variables(message, path_params)
    if binding.reads_query and (raw_query or form_body):
        _set_query(message, binding, _joined(body if form_body else b"", raw_query))
    return message


def _from_body(rpc: spec.Rpc, binding: _Binding, body: bytes) -> Message:
    if rpc.body == "*":
        whole: Message = _decoded(rpc.request, body)
        return whole
    message = message_type(rpc.request)()
    if binding.body_field is not None:
        message.__dict__[binding.body_field.name] = _decoded(binding.body_field.type, body)
    return message


def _decoded(type_name: str, body: bytes) -> Any:
    """The value of a body: read by a fast parser, and again as Go does where that one cannot tell what Go would say."""
    decode = decoder(type_name)
    try:
        return decode(orjson.loads(body) if body else None)
    except (orjson.JSONDecodeError, Inexact):
        return _decoded_exactly(type_name, body)
    except BadValue as error:
        raise InvalidArgument(str(error)) from None


def _decoded_exactly(type_name: str, body: bytes) -> Any:
    try:
        value = read(body)
        return decoder(type_name)(None if value is NOTHING else value)
    except (BadValue, GoJsonError) as error:
        raise InvalidArgument(str(error)) from None


def _set_path_variables(message: Message, path_params: dict[str, str]) -> None:
    for name, text in path_params.items():
        try:
            set_field(message, name, [text])
        except BadValue as error:
            raise InvalidArgument(f"type mismatch, parameter: {name}, error: {error}") from None
        _check_utf8(text)


def _set_query(message: Message, binding: _Binding, raw_query: str) -> None:
    try:
        values = parse_query(raw_query)
        set_from_query(message, values, binding.bound)
    except BadValue as error:
        raise InvalidArgument(str(error)) from None
    if not raw_query.isascii() or "%" in raw_query:
        _check_message_utf8(message)


def _joined(form: bytes, raw_query: str) -> str:
    parts = (form.decode("utf-8", "surrogateescape"), raw_query)
    return "&".join(part for part in parts if part)


def _check_message_utf8(message: Message) -> None:
    for value in message.__dict__.values():
        if isinstance(value, Message):
            _check_message_utf8(value)
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str):
                _check_utf8(text)


def _check_utf8(text: str) -> None:
    """Protobuf refuses text that is not UTF-8 when the gateway passes the message on."""
    if not text.isascii() and any("\udc80" <= char <= "\udcff" for char in text):
        raise Internal("grpc: error while marshaling: string field contains invalid UTF-8")


@functools.cache
def _binding(rpc: spec.Rpc) -> _Binding:
    bound = {part[1:-1] for part in rpc.path.split("/") if part.startswith("{")} | {rpc.body} - {""}
    names = {field.name: field for field in spec.fields(rpc.request)}
    return _Binding(names.get(rpc.body), rpc.body != "*" and bool(names.keys() - bound), frozenset(bound))
