"""Bodies are decoded as the master's gateway decodes them, and refused in its words."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from decoding import LAYOUT, decode, refusal

from fakedet import spec
from fakedet.domain.errors import InvalidArgument
from fakedet.domain.message import Message
from fakedet.gateway.decode import decode_request
from fakedet.gateway.decode_json import decoder
from fakedet.gateway.decode_values import BadValue

RAW_LIST, RAW_MAP = "[]json.RawMessage", "map[string]json.RawMessage"


def unmarshal(what: str, target: str) -> str:
    return f"json: cannot unmarshal {what} into Go value of type {target}"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"[]", unmarshal("array", RAW_MAP)),
        (b"5", unmarshal("number", RAW_MAP)),
        (b"true", unmarshal("bool", RAW_MAP)),
        (b'"x"', unmarshal("string", RAW_MAP)),
        (b"{", "unexpected EOF"),
        (b'{"name"', "unexpected EOF"),
        (b'{"name":', "unexpected EOF"),
        (b'{"name":"a"', "unexpected EOF"),
        (b"tru", "unexpected EOF"),
        (b"-", "unexpected EOF"),
        (b"}", "invalid character '}' looking for beginning of value"),
        (b'{"name":"a",}', "invalid character '}' looking for beginning of object key string"),
        (b"{'name':'a'}", r"invalid character '\'' looking for beginning of object key string"),
        (b"{name:1}", "invalid character 'n' looking for beginning of object key string"),
        (b'{"name" 1}', "invalid character '1' after object key"),
        (b"nope", "invalid character 'o' in literal null (expecting 'u')"),
        (b'\xef\xbb\xbf{"name":"bom"}', "invalid character 'ï' looking for beginning of value"),
        (b'{"name":"\\q"}', "invalid character 'q' in string escape code"),
        (b'{"name":"\\u00g0"}', "invalid character 'g' in \\u hexadecimal character escape"),
        (b'{"name":"tab\tin"}', r"invalid character '\t' in string literal"),
        (b'{"name":"f" /*c*/}', "invalid character '/' after object key:value pair"),
        (b'{"labels":["a" "b"]}', "invalid character '\"' after array element"),
        (b'{"name":NaN}', "invalid character 'N' looking for beginning of value"),
        (b'{"name":01}', "invalid character '1' after object key:value pair"),
        (b'{"name":-x}', "invalid character 'x' in numeric literal"),
        (b'{"name":1.x}', "invalid character 'x' after decimal point in numeric literal"),
        (b'{"name":1e+x}', "invalid character 'x' in exponent of numeric literal"),
    ],
)
def test_malformed_body_is_refused_in_gos_words(body: bytes, text: str) -> None:
    assert refusal("PostModel", body) == text


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"", ""),
        (b" ", ""),
        (b"\n", ""),
        (b"{}", ""),
        (b"null", ""),
        (b'{"name":"a"} tail', "a"),
        (b'{"name":"b"}{"name":"c"}', "b"),
        (b'{"name":"d","name":"e"}', "e"),
        (b'{"name":"\\ud800"}', "\ufffd"),
        (b'{"name":"\\ud83d\\ude00\\udc00"}x', "\U0001f600\ufffd"),
        (b'{"name":"\xe9\xe9"}', "\ufffd\ufffd"),
        (b'{"Name":"h"}', ""),
        (b'{"NAME":"i"}', ""),
        (b'{"name":null}', ""),
        (b'{"n\\u0061me":"x"}', "x"),
        (b'{"name":"g","x":1,"y":{"z":[]}}', "g"),
    ],
)
def test_only_the_first_value_counts_and_unknown_keys_do_not(body: bytes, name: str) -> None:
    assert decode("PostModel", body).name == name  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("given_value", "what"),
    [
        (5, "number"),
        (1.5, "number"),
        (True, "bool"),
        ([], "array"),
        ({}, "object"),
        (["x"], "array"),
        ({"value": "x"}, "object"),
    ],
)
def test_a_string_takes_only_strings(given_value: Any, what: str) -> None:
    assert refusal("PostModel", {"name": given_value}) == unmarshal(what, "string")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"1"', 1),
        ("1", 1),
        ('" 1"', 1),
        ("null", 0),
        ('"null"', 0),
        ("2147483647", 2147483647),
        ("-1", -1),
        ('"-1"', -1),
        ("1.0", unmarshal("number 1.0", "int32")),
        ('"1.0"', unmarshal("number 1.0", "int32")),
        ("1.5", unmarshal("number 1.5", "int32")),
        ('"1e0"', unmarshal("number 1e0", "int32")),
        ("1e0", unmarshal("number 1e0", "int32")),
        ("true", unmarshal("bool", "int32")),
        ('"x"', "invalid character 'x' looking for beginning of value"),
        ('""', "unexpected end of JSON input"),
        ('"+1"', "invalid character '+' looking for beginning of value"),
        ('"01"', "invalid character '1' after top-level value"),
        ('"0x1"', "invalid character 'x' after top-level value"),
        ("[]", unmarshal("array", "int32")),
        ("{}", unmarshal("object", "int32")),
        ("2147483648", unmarshal("number 2147483648", "int32")),
        ('"2147483648"', unmarshal("number 2147483648", "int32")),
        ("1e999", unmarshal("number 1e999", "int32")),
    ],
)
def test_an_integer_may_be_quoted_but_has_no_fraction_exponent_or_prefix(text: str, expected: Any) -> None:
    body = f'{{"destinationWorkspaceId": {text}}}'.encode()
    if isinstance(expected, str):
        assert refusal("MoveModel", body) == expected
    else:
        assert decode("MoveModel", body).destination_workspace_id == expected  # type: ignore[attr-defined]


@pytest.mark.parametrize(("text", "what"), [('"true"', "string"), ("1", "number"), ('"1"', "string"), ("[]", "array"), ("{}", "object")])
def test_a_bool_takes_only_true_and_false(text: str, what: str) -> None:
    assert refusal("PatchUsers", f'{{"activate": {text}}}'.encode()) == unmarshal(what, "bool")


@pytest.mark.parametrize(
    ("user_ids", "expected"),
    [
        ("null", []),
        ("[]", []),
        ('["99"]', [99]),
        ("[null]", [0]),
        ("99", unmarshal("number", RAW_LIST)),
        ('"99"', unmarshal("string", RAW_LIST)),
        ("[99.0]", unmarshal("number 99.0", "int32")),
        ('["x"]', "invalid character 'x' looking for beginning of value"),
        ("[[99]]", unmarshal("array", "int32")),
        ("{}", unmarshal("object", RAW_LIST)),
        ("[true]", unmarshal("bool", "int32")),
    ],
)
def test_a_list_takes_only_arrays_of_its_type(user_ids: str, expected: Any) -> None:
    body = f'{{"userIds": {user_ids}}}'.encode()
    if isinstance(expected, str):
        assert refusal("PatchUsers", body) == expected
    else:
        assert decode("PatchUsers", body).user_ids == expected  # type: ignore[attr-defined]


def test_camel_case_wins_over_snake_case() -> None:
    assert decode("PatchUsers", {"user_ids": [98], "userIds": [97]}).user_ids == [97]  # type: ignore[attr-defined]
    assert decode("PatchUsers", {"user_ids": [98], "userIds": None}).user_ids == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ('"STATE_COMPLETED"', "STATE_COMPLETED"),
        ("3", "STATE_ERROR"),
        ("77", 77),
        ("-1", -1),
        ("null", "STATE_UNSPECIFIED"),
        ('"STATE_NOPE"', InvalidArgument(r'unknown value "\"STATE_NOPE\"" for enum determined.checkpoint.v1.State')),
        ('"3"', InvalidArgument(r'unknown value "\"3\"" for enum determined.checkpoint.v1.State')),
        ("3.0", InvalidArgument(unmarshal("number 3.0", "protoreflect.EnumNumber"))),
        ("true", InvalidArgument(unmarshal("bool", "protoreflect.EnumNumber"))),
    ],
)
def test_an_enum_is_a_name_or_a_number_and_unknown_numbers_pass(state: str, expected: Any) -> None:
    body = f'{{"state": {state}}}'.encode()
    if isinstance(expected, InvalidArgument):
        assert refusal("ReportCheckpoint", body) == expected.message
    else:
        assert decode("ReportCheckpoint", body).checkpoint.state == expected  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-01T11:00:01Z", 1714561201_000000),
        ("2024-05-01T11:00:01+02:00", 1714554001_000000),
        ("2024-05-01T1:00:00Z", 1714525200_000000),
        ("2024-05-01T11:00:01.123456789Z", 1714561201_123456),
        ("2024-05-01T11:00:01,5Z", 1714561201_500000),
        ("1969-12-31T23:59:59.9Z", -100_000),
        ("0000-01-01T00:00:00Z", -62167219200_000000),
        ("2024-05-01", f'parsing time "2024-05-01" as {LAYOUT}: cannot parse "" as "T"'),
        ("2024-05-01T11:00:01", f'parsing time "2024-05-01T11:00:01" as {LAYOUT}: cannot parse "" as "Z07:00"'),
        ("2024-05-01 11:00:01Z", f'parsing time "2024-05-01 11:00:01Z" as {LAYOUT}: cannot parse " 11:00:01Z" as "T"'),
        ("", f'parsing time "" as {LAYOUT}: cannot parse "" as "2006"'),
        ("x", f'parsing time "x" as {LAYOUT}: cannot parse "x" as "2006"'),
        ("2024-13-01T11:00:01Z", 'parsing time "2024-13-01T11:00:01Z": month out of range'),
        ("2023-02-29T11:00:01Z", 'parsing time "2023-02-29T11:00:01Z": day out of range'),
        ("2024-05-01T24:00:01Z", 'parsing time "2024-05-01T24:00:01Z": hour out of range'),
        ("2024-05-01T11:00:01Zx", 'parsing time "2024-05-01T11:00:01Zx": extra text: "x"'),
    ],
)
def test_a_time_is_rfc_3339_with_a_zone(text: str, expected: Any) -> None:
    body = {"reportTime": text}
    if isinstance(expected, str):
        assert refusal("ReportCheckpoint", body) == f"bad Timestamp: {expected}"
    else:
        assert decode("ReportCheckpoint", body).checkpoint.report_time == expected  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("metadata", "text"),
    [
        (b"[]", f"bad StructValue: {unmarshal('array', RAW_MAP)}"),
        (b"5", f"bad StructValue: {unmarshal('number', RAW_MAP)}"),
        (
            b'{"a": {"b": 1e999}}',
            'bad value in StructValue for key "a": bad value in StructValue for key "b": unrecognized type for Value "1e999"',
        ),
    ],
)
def test_a_struct_takes_only_objects_of_finite_numbers(metadata: bytes, text: str) -> None:
    assert refusal("PostModel", b'{"metadata": %s}' % metadata) == text


def test_numbers_in_a_struct_pass_through_doubles_and_names_of_non_numbers_stay_text() -> None:
    body = b'{"metadata": {"a": [1, null, "NaN", 1e+300, 9007199254740993, 123456789012345678901234567890]}}'
    assert decode("PostModel", body).metadata == {"a": [1, None, "NaN", 1e300, 9007199254740992, int(1.2345678901234568e29)]}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1.0),
        ('"1.5"', 1.5),
        ('"Infinity"', math.inf),
        ('"-Infinity"', -math.inf),
        ("null", 0.0),
        ('"Nan"', "invalid character 'N' looking for beginning of value"),
        ("1e999", unmarshal("number 1e999", "float64")),
        ("true", unmarshal("bool", "float64")),
    ],
)
def test_a_double_may_be_quoted_or_named(text: str, expected: Any) -> None:
    body = f'{{"progress": {text}}}'.encode()
    if isinstance(expected, str):
        assert refusal("ReportTrialProgress", body, trial_id="1") == expected
    else:
        assert decode("ReportTrialProgress", body, trial_id="1").progress == expected  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'"aGk="', b"hi"),
        (b'"aG\\nk="', b"hi"),
        (b'""', b""),
        (b"[104, 105]", b"hi"),
        (b'"aGk"', "illegal base64 data at input byte 0"),
        (b'"a-k="', "illegal base64 data at input byte 1"),
        (b"5", unmarshal("number", "[]uint8")),
    ],
)
def test_bytes_are_standard_base64(text: bytes, expected: Any) -> None:
    try:
        assert decoder("bytes")(json.loads(text)) == expected
    except BadValue as error:
        assert str(error) == expected


def test_a_body_that_is_one_field_makes_the_message_even_when_blank() -> None:
    assert isinstance(decode("PatchModel", b"", model_name="m").model, Message)  # type: ignore[attr-defined]
    assert decode("PatchModel", {"description": "g"}, model_name="m").model.description == "g"  # type: ignore[attr-defined]
    assert decode("SetUserPassword", b'"a" "b"', user_id="3").password == "a"  # type: ignore[attr-defined]
    assert refusal("SetUserPassword", b"{}", user_id="3") == unmarshal("object", "string")


def test_a_dotted_path_variable_is_set_inside_the_body() -> None:
    request = decode_request(spec.rpc("PatchExperiment"), {"experiment.id": "0x10"}, "", b'{"name": "n", "id": 4}')
    assert (request.experiment.id, request.experiment.name) == (16, "n")  # type: ignore[attr-defined]


def test_where_no_body_is_bound_it_is_not_read() -> None:
    assert decode("GetMe", b"{bad") == decode("GetMe")


def test_where_the_whole_body_is_bound_the_query_is_not_read() -> None:
    assert decode("PostModel", {}, query="name=fromquery&limit=x&%zz").name == ""  # type: ignore[attr-defined]


def test_where_path_and_body_hold_all_fields_the_query_is_not_read() -> None:
    assert decode("GetModel", query="modelName=b&x=%zz", model_name="a").model_name == "a"  # type: ignore[attr-defined]
