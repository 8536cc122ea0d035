"""Replies are written as the master writes them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakedet import spec
from fakedet.contract import golden
from fakedet.domain.timestamps import format_time, parse_time
from fakedet.gateway import routes
from fakedet.gateway.decode_json import decoder
from fakedet.gateway.encode import dump, encode_reply, encoder

RECORDINGS = Path(__file__).parents[2] / "fixtures" / "golden" / "recordings"


def written(type_name: str, value: Any) -> str:
    return dump(encoder(type_name)(value), pretty=False).decode()


def test_a_field_that_is_unset_has_its_kinds_default() -> None:
    model = encode_reply("determined.model.v1.Model", {})
    assert model == {
        "name": "",
        "description": "",
        "metadata": None,
        "creationTime": None,
        "lastUpdatedTime": None,
        "id": 0,
        "numVersions": 0,
        "labels": [],
        "username": "",
        "workspaceId": 0,
        "userId": 0,
        "archived": False,
        "notes": "",
    }
    assert encode_reply("determined.checkpoint.v1.Checkpoint", {})["resources"] == {}
    assert encode_reply("determined.checkpoint.v1.Checkpoint", {})["state"] == "STATE_UNSPECIFIED"
    assert encode_reply("determined.trial.v1.Trial", {})["totalCheckpointSize"] == "0"


def test_unset_optional_fields_and_oneofs_are_left_out() -> None:
    assert "lastAuthAt" not in encode_reply("determined.user.v1.User", {})
    assert encode_reply("determined.api.v1.WorkloadContainer", {}) == {}


def test_fields_come_in_the_order_of_their_declaration() -> None:
    user = encode_reply("determined.user.v1.User", {"active": True, "username": "u", "id": 1, "last_auth_at": 0})
    assert list(user) == [field.json for field in spec.fields("determined.user.v1.User")]


@pytest.mark.parametrize(
    ("type_name", "value", "text"),
    [
        ("int64", 79, '"79"'),
        ("determined.checkpoint.v1.State", 3, '"STATE_ERROR"'),
        ("determined.checkpoint.v1.State", 77, "77"),
        ("google.protobuf.DoubleValue", 1.0, "1"),
        ("google.protobuf.Int32Value", None, "null"),
        ("bytes", b"hi", '"aGk="'),
        ("bytes", b"", "null"),
        ("google.protobuf.FieldMask", ["log.level"], '{"paths":["log.level"]}'),
        ("double", 1.0, "1"),
        ("double", -0.5, "-0.5"),
        ("double", 1e-7, "1e-7"),
        ("double", 1e300, "1e+300"),
        ("double", 123456789012345680.0, "123456789012345680"),
        ("double", 12345678901234567890.0, "12345678901234567000"),
        ("double", 1e20, "100000000000000000000"),
        ("double", math.nan, '"NaN"'),
        ("double", math.inf, '"Infinity"'),
        ("double", -math.inf, '"-Infinity"'),
        ("float", 0.123456789, "0.12345679"),
        ("float", 0.1, "0.1"),
        ("float", 16777217, "16777216"),
        ("float", 1e39, '"Infinity"'),
        ("float", 3.4e38, "3.4e+38"),
        ("string", "<a & b>", r'"\u003ca \u0026 b\u003e"'),
        ("string", "\u2028é", '"\\u2028é"'),
        (
            "google.protobuf.Struct",
            {"b": 1.0, "a": {"z": [1e20, 0.5, None, True, math.nan], "y": 2**53 + 1}},
            '{"a":{"y":9007199254740992,"z":[100000000000000000000,0.5,null,true,"NaN"]},"b":1}',
        ),
    ],
)
def test_a_value_is_written_as_go_writes_it(type_name: str, value: Any, text: str) -> None:
    assert written(type_name, value) == text


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (1700000000_000000, "2023-11-14T22:13:20Z"),
        (1700000000_120000, "2023-11-14T22:13:20.120Z"),
        (1700000000_000001, "2023-11-14T22:13:20.000001Z"),
        (0, "1970-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
    ],
)
def test_a_time_has_0_3_or_6_digits_of_fraction(microseconds: int, text: str) -> None:
    assert format_time(microseconds) == text


@given(st.integers(-62135596800_000000, 253402300799_999999))
def test_a_time_that_was_written_reads_as_itself(microseconds: int) -> None:
    assert parse_time(format_time(microseconds)) == microseconds


@pytest.mark.parametrize(
    "value", [{"nme": "x"}, {"name": 5}, {"id": "5"}, {"id": True}, {"id": 1.5}, {"archived": 1}, {"metadata": {"a": object()}}]
)
def test_what_a_service_gets_wrong_is_an_error(value: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError)):
        encode_reply("determined.model.v1.Model", value)


def test_an_unknown_enum_name_is_an_error() -> None:
    with pytest.raises(ValueError, match="has no value"):
        encode_reply("determined.checkpoint.v1.Checkpoint", {"state": "COMPLETED"})


def test_a_pretty_reply_is_indented_by_four_spaces() -> None:
    assert dump({"a": [1]}, pretty=True) == b'{\n    "a": [\n        1\n    ]\n}'


def test_a_reply_may_be_nested_deeper_than_the_fast_writer_goes() -> None:
    deep: Any = 1
    for _ in range(300):
        deep = [deep]
    assert json.loads(dump(encoder("google.protobuf.Value")(deep), pretty=False)) == deep


def recorded_replies() -> Iterator[tuple[str, str, Any]]:
    """(name, message, reply) of every successful unary reply on record."""
    for name, recording in golden.load(RECORDINGS).items():
        for number, step in enumerate(recording["steps"], 1):
            found = routes.match(step["method"], step["path"].partition("?")[0], {}) if step["status"] == 200 else None
            if found and not found.rpc.server_stream and isinstance(step.get("reply"), dict):
                yield f"{name}:{number}", found.rpc.response, step["reply"]


def test_every_recorded_reply_is_written_again_from_the_values_that_are_no_defaults() -> None:
    replies = list(recorded_replies())
    assert len(replies) > 2000
    for where, message, reply in replies:
        stripped = values_of(message, reply)
        assert with_any(encode_reply(message, stripped), reply) == reply, where


def values_of(message: str, reply: dict[str, Any]) -> dict[str, Any]:
    """What a service would return for a recorded reply: defaults left out, placeholders too."""
    given_values = ((field, reply.get(field.json)) for field in spec.fields(message))
    return {field.name: value_of(field, value) for field, value in given_values if value is not None and not is_left_out(field, value)}


def is_left_out(field: spec.Field, value: Any) -> bool:
    if isinstance(value, list) and any(map(is_placeholder, value)):
        return True
    if is_placeholder(value) or field.omitted or (field.type.startswith("google.protobuf.") and not field.repeated):
        return is_placeholder(value)
    return value in ("0", 0, False) if field.type in ("int64", "uint64") else not value or str(value).endswith("_UNSPECIFIED")


def value_of(field: spec.Field, value: Any) -> Any:
    if spec.is_map(field):
        inner = spec.fields(field.type)[1]
        return {key: value_of(inner, item) for key, item in value.items()}
    if field.repeated and isinstance(value, list):
        return [value_of(spec.Field(field.name, field.json, field.type), item) for item in value]
    if field.type.startswith("determined.") and spec.enum(field.type) is None:
        return values_of(field.type, value)
    return int(value) if field.type in ("int64", "uint64") else decoder(field.type)(value)


def is_placeholder(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("<") or isinstance(value, dict) and any(key.startswith("<") for key in value)


def with_any(encoded: Any, reply: Any) -> Any:
    """`encoded` with the recording's placeholders put where they are."""
    if is_placeholder(reply) or isinstance(reply, list) and any(map(is_placeholder, reply)):
        return reply
    if isinstance(reply, dict) and isinstance(encoded, dict):
        placed = {key: with_any(item, reply.get(key)) for key, item in encoded.items()}
        return {**{key: item for key, item in reply.items() if key not in encoded and is_placeholder(item)}, **placed}
    return (
        [with_any(*pair) for pair in zip(encoded, reply, strict=True)] if isinstance(reply, list) and isinstance(encoded, list) else encoded
    )


def values(type_name: str) -> st.SearchStrategy[Any]:
    """JSON values that a field of a type takes."""
    simple = {
        "string": st.text(),
        "bool": st.booleans(),
        "int32": st.integers(-(2**31), 2**31 - 1),
        "uint32": st.integers(0, 2**32 - 1),
        "int64": st.integers(-(2**63), 2**63 - 1).map(str),
        "uint64": st.integers(0, 2**64 - 1).map(str),
        "double": st.floats(allow_nan=False, allow_infinity=False),
        "float": st.floats(width=32, allow_nan=False, allow_infinity=False),
        "bytes": st.binary(min_size=1).map(encoder("bytes")),
        "google.protobuf.Timestamp": st.integers(0, 2**50).map(format_time),
        "google.protobuf.FieldMask": st.fixed_dictionaries({"paths": st.lists(st.text())}),
        "google.protobuf.Struct": st.dictionaries(st.text(), FREE),
        "google.protobuf.ListValue": st.lists(FREE),
        "google.protobuf.Value": FREE,
    }
    names = spec.enum(type_name)
    if names is not None:
        return st.sampled_from(list(names)) | st.integers(-5, 2000)
    return simple[spec.WRAPPED.get(type_name, type_name)] if type_name.startswith("google.") or "." not in type_name else objects(type_name)


FREE = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def objects(message: str) -> st.SearchStrategy[dict[str, Any]]:
    """JSON objects of a message, with any of its fields."""
    return st.deferred(lambda: st.fixed_dictionaries({}, optional={field.json: field_values(field) for field in spec.fields(message)}))


def field_values(field: spec.Field) -> st.SearchStrategy[Any]:
    if spec.is_map(field):
        return st.dictionaries(st.text(), values(spec.fields(field.type)[1].type), max_size=2)
    return st.lists(values(field.type), max_size=2) if field.repeated else values(field.type)


@st.composite
def messages(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    name = draw(st.sampled_from(spec.messages()))
    return name, draw(objects(name))


@settings(max_examples=200, deadline=None)
@given(messages())
def test_what_was_decoded_and_written_decodes_to_the_same_and_is_written_the_same(case: tuple[str, dict[str, Any]]) -> None:
    name, body = case
    message = decoder(name)(body)
    reply = json.loads(dump(encode_reply(name, message.as_dict()), pretty=False))
    again = decoder(name)(reply)
    assert again == message
    assert encode_reply(name, again.as_dict()) == encode_reply(name, message.as_dict())
