"""Filters of searches: golden answers of the real master, and its rules one by one.

fixtures/golden/filters.json.xz: rows of a running 0.38.1, random filters asked of it, the ids it found or its error.
"""
from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakedet.domain.errors import Internal
from fakedet.domain.filters import DEFINITIONS, HYPERPARAMETERS, METADATA, NAMES, SUMMARY_METRICS, Column, Leaf, read_filter

GOLDEN = Path(__file__).parents[3] / "fixtures" / "golden" / "filters.json.xz"
RECORDED = json.loads(lzma.decompress(GOLDEN.read_bytes()))


def value_of(row: dict[str, Any]) -> Callable[[Column], Any]:
    """The columns of a recorded row."""
    special = {
        SUMMARY_METRICS: row.get("summary"),
        DEFINITIONS: row.get("definitions"),
        HYPERPARAMETERS: index(row.get("hyperparameters")),
        METADATA: index(row.get("metadata")),
        NAMES[HYPERPARAMETERS]: names("hyperparameters"),
        NAMES[METADATA]: names("metadata"),
    }
    return lambda column: special[column] if column in special else row.get(column.table, {}).get(column.name)


def names(index_of: str) -> set[str]:
    """The names that some recorded run has."""
    return {name for row in RECORDED["runs"].values() for name in row.get(index_of) or ()}


def index(recorded: dict[str, list[list[Any]]] | None) -> dict[str, list[Leaf]] | None:
    return None if recorded is None else {name: [Leaf(*leaf) for leaf in leaves] for name, leaves in recorded.items()}


def answer(rows: dict[str, dict[str, Any]], text: str) -> list[int] | str:
    try:
        found = read_filter(text)
        return [int(number) for number in sorted(rows, key=int) if found.matches(value_of(rows[number]))]
    except Internal as error:
        return error.message


def test_filters_find_and_refuse_what_the_master_did():
    different = [
        (case, got)
        for case in RECORDED["cases"]
        if (got := answer(RECORDED[case["table"].replace("exps", "experiments")], json.dumps(case["filter"]))) != case["answer"]
    ]
    assert different == []


def field(column: str, operator: str | None, value: Any = None, location: str = "EXPERIMENT", **more: Any) -> dict[str, Any]:
    place = {"columnName": column, "location": f"LOCATION_TYPE_{location}", "value": value}
    return {"kind": "field", **place, **({} if operator is None else {"operator": operator}), **more}


def group(*children: Any, conjunction: str | None = "and") -> dict[str, Any]:
    return {"kind": "group", "children": children, **({} if conjunction is None else {"conjunction": conjunction})}


def passes(node: Any, **columns: Any) -> bool:
    return read_filter(json.dumps({"filterGroup": node})).matches(value_of({"experiment": columns}))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "unexpected end of JSON input"),
        ("{", "unexpected end of JSON input"),
        ("[]", "json: cannot unmarshal array into Go value of type internal.experimentFilterRoot"),
        ('{"filterGroup": {"kind": "group"}}', "group specified with no conjunction"),
        ('{"filterGroup": {"kind": "field", "columnName": "id", "value": 1}}', "field specified with value but no operator"),
    ],
)
def test_malformed_filters_are_refused_in_the_words_of_go(text, message):
    with pytest.raises(Internal) as error:
        read_filter(text)
    assert error.value.message == message


@pytest.mark.parametrize("text", ["{}", "null", '{"filterGroup": {"kind": "other"}}', '{"filtergroup": null}'])
def test_a_filter_that_says_nothing_shows_all_but_the_archived(text):
    found = read_filter(text)
    assert found.matches(lambda column: None) and not found.shows_archived


def test_field_names_count_in_any_case():
    text = '{"FILTERGROUP": {"Kind": "field", "columnname": "id", "OPERATOR": "=", "value": 1}, "ShowArchived": true}'
    found = read_filter(text)
    assert found.shows_archived and found.matches(lambda column: 1) and not found.matches(lambda column: 2)


@pytest.mark.parametrize(
    ("node", "message"),
    [
        (group(field("id", "=", "abc"), field("nope", "=", 1)), "invalid experiment column nope"),
        (group(field("id", "=", 1), conjunction="xor"), "invalid conjunction value xor"),
        (group(field("id", "~", 1)), "invalid operator ~"),
        (group(field("nope", "=", 1, "RUN")), "invalid run column nope"),
        (group(field("loss", "=", 1, "VALIDATIONS")), "loss is not a valid metrics id"),
        (
            group(field("id", "=", "abc"), field("isExpMultitrial", "=", True, "RUN")),
            'ERROR: syntax error at or near "=" (SQLSTATE 42601)',
        ),
    ],
)
def test_the_master_finds_faults_before_the_database_does_and_bad_syntax_comes_before_bad_types(node, message):
    with pytest.raises(Internal) as error:
        passes(node, id=1)
    assert error.value.message == message


@pytest.mark.parametrize(("text", "message"), [
    ("adam", 'syntax error at or near "adam" (SQLSTATE 42601)'), ("0.5", 'syntax error at or near "0.5" (SQLSTATE 42601)'),
    ("", 'invalid input syntax for type double precision: "" (SQLSTATE 22P02)'),
    ("%", "operator is not unique: unknown % unknown (SQLSTATE 42725)")])
def test_a_text_that_a_defined_number_shall_contain_is_quoted_twice(text, message):
    with pytest.raises(Internal) as error:
        passes(field("hp.x", "contains", text, "HYPERPARAMETERS", type="COLUMN_TYPE_NUMBER"))
    assert error.value.message == f"ERROR: {message}"


@pytest.mark.parametrize("operator", ["=", "!=", "<", ">=", "contains", "notContains"])
def test_null_passes_no_comparison(operator):
    assert not passes(field("description", operator, "x"), description=None)


@pytest.mark.parametrize("empty", [None, "", []])
def test_null_blank_and_no_labels_are_empty(empty):
    assert passes(field("tags", "isEmpty"), tags=empty) and not passes(field("tags", "notEmpty"), tags=empty)
    assert passes(field("tags", "notEmpty"), tags=["a"])


@pytest.mark.parametrize(("pattern", "expected"), [("LPH", True), ("a_p", True), ("%", True), ("b", False)])
def test_contains_ignores_case_and_takes_wildcards(pattern, expected):
    assert passes(field("name", "contains", pattern), name="alpha") is expected
    assert passes(field("name", "notContains", pattern), name="alpha") is not expected


@pytest.mark.parametrize(("name", "expected"), [("lr", False), ("nobody.has.it", True)])
def test_without_a_run_an_indexed_name_is_empty_only_if_no_run_at_all_has_it(name, expected):
    root = json.dumps({"filterGroup": field(f"hp.{name}", "isEmpty", location="RUN_HYPERPARAMETERS")})
    columns = {HYPERPARAMETERS: None, NAMES[HYPERPARAMETERS]: {"lr"}}
    assert read_filter(root).matches(columns.__getitem__) is expected


def test_text_compares_in_the_order_of_the_database():
    assert passes(field("name", "<", "B"), name="a") and passes(field("name", ">", "a"), name="B")


@pytest.mark.parametrize("kind", ["other", "", "GROUP"])
def test_nodes_of_other_kinds_count_for_nothing_in_a_group(kind):
    assert not passes(group({"kind": kind}, field("id", "=", 1), conjunction="or"), id=2)


def test_a_field_without_value_is_true_even_where_one_is_enough():
    assert passes(group(field("id", "=", None), field("id", "=", 1), conjunction="or"), id=2)


FIELDS = st.builds(field, st.just("id"), st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), st.integers(0, 5))


@given(st.lists(FIELDS, min_size=1, max_size=4), st.integers(0, 5))
def test_groups_join_their_children(fields, number):
    each = [passes(child, id=number) for child in fields]
    assert passes(group(*fields), id=number) == all(each)
    assert passes(group(*fields, conjunction="or"), id=number) == any(each)
