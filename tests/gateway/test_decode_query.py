"""Path variables and queries are decoded as the master's gateway decodes them, and refused in its words."""

from __future__ import annotations

from typing import Any

import pytest
from decoding import LAYOUT, decode, refusal

from fakedet import spec
from fakedet.domain.errors import MasterError
from fakedet.gateway.decode import decode_request


@pytest.mark.parametrize(
    ("text", "value"), [("010", 8), ("0b11", 3), ("0o7", 7), ("0X3", 3), ("0_3", 3), ("+3", 3), ("-0", 0), ("1_0", 10)]
)
def test_integers_of_paths_take_gos_prefixes(text: str, value: int) -> None:
    assert decode("GetUser", user_id=text).user_id == value  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("08", "invalid syntax"),
        ("3_", "invalid syntax"),
        ("1.0", "invalid syntax"),
        ("1e0", "invalid syntax"),
        ("", "invalid syntax"),
        ("1 ", "invalid syntax"),
        ("١", "invalid syntax"),
        ("2147483648", "value out of range"),
        ("9223372036854775808", "value out of range"),
    ],
)
def test_other_integers_of_paths_are_refused(text: str, problem: str) -> None:
    assert refusal("GetUser", user_id=text) == f'type mismatch, parameter: user_id, error: strconv.ParseInt: parsing "{text}": {problem}'


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("sortBy=SORT_BY_NAME&order_by=ORDER_BY_DESC", {"sort_by": "SORT_BY_NAME", "order_by": "ORDER_BY_DESC"}),
        ("sortBy=01", {"sort_by": "SORT_BY_NAME"}),
        ("SortBy=x&LIMIT=x&nope=1&a.b=1&&=&=1&pagination.limit=x", {}),
        ("limit=1&limit=2", {"limit": 1}),
        ("limit=%31", {"limit": 1}),
        ("name=a+b", {"name": "a b"}),
        ("name", {"name": ""}),
        ("users=a&users=b", {"users": ["a", "b"]}),
        ("userIds[0]=1", {"user_ids": [0, 1]}),
        ("archived=true&archived=false", {"archived": True}),
        ("archived.value=t", {"archived": True}),
    ],
)
def test_query_keys_set_fields(query: str, fields: dict[str, Any]) -> None:
    assert decode("GetModels", query=query).__dict__ == {**decode("GetModels").__dict__, **fields}


@pytest.mark.parametrize(
    ("rpc", "query", "text"),
    [
        ("GetModels", "name.x=1", "unexpected nested field x in name"),
        ("GetModels", "users.x=1", "unexpected repeated field in users.x"),
        ("GetModels", "userIds[]=1", 'strconv.ParseInt: parsing "": invalid syntax'),
        ("GetModels", "limit=+1", 'strconv.ParseInt: parsing " 1": invalid syntax'),
        ("GetModels", "limit", 'strconv.ParseInt: parsing "": invalid syntax'),
        ("GetModels", "archived=1", "bad BoolValue: 1"),
        ("GetModels", "sortBy=3", "3 is not a valid apiv1.GetModelsRequest_SortBy"),
        ("GetModels", "name=%zz", 'invalid URL escape "%zz"'),
        ("GetModels", "name=%4", 'invalid URL escape "%4"'),
        ("GetModels", "name=a;b", "invalid semicolon separator in query"),
        ("GetTemplates", "orderBy=", " is not a valid apiv1.OrderBy"),
        ("GetTemplates", "orderBy=1.0", "1.0 is not a valid apiv1.OrderBy"),
        ("GetAccessTokens", "showInactive=yes", 'strconv.ParseBool: parsing "yes": invalid syntax'),
        ("GetExperimentCheckpoints", "sortByAttr=SORT_BY_UUID&sortByMetric=loss", "field already set for sort_by oneof"),
        ("TrialLogs", "timestampBefore=x", f'bad Timestamp: parsing time "x" as {LAYOUT}: cannot parse "x" as "2006"'),
    ],
)
def test_query_values_of_the_wrong_form_are_refused(rpc: str, query: str, text: str) -> None:
    assert refusal(rpc, query=query) == text


@pytest.mark.parametrize("text", ["1", "t", "T", "TRUE", "true", "True"])
def test_plain_bools_of_queries_take_gos_spellings(text: str) -> None:
    assert decode("GetAccessTokens", query=f"showInactive={text}").show_inactive is True  # type: ignore[attr-defined]


def test_text_that_is_not_utf8_is_refused_after_everything_else() -> None:
    for call in ({"query": "name=%E9"},):
        with pytest.raises(MasterError, match="grpc: error while marshaling: string field contains invalid UTF-8"):
            decode("GetModels", **call)
    with pytest.raises(MasterError, match="invalid UTF-8"):
        decode("GetModel", model_name="\udce9")


def test_a_form_comes_before_the_query() -> None:
    request = decode_request(spec.rpc("GetModels"), {}, "limit=2&name=q", b"limit=1", form_body=True)
    assert (request.limit, request.name) == (1, "q")  # type: ignore[attr-defined]
