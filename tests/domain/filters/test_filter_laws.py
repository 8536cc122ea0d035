"""Filters by law: whatever the columns, operators and nested groups, the answer is that of a plain second reading of the rules."""
from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakedet.domain.errors import Internal
from fakedet.domain.filters import DEFINITIONS, HYPERPARAMETERS, METADATA, SUMMARY_METRICS, Column, Leaf, read_filter
from fakedet.domain.filters.columns import EXPERIMENT_COLUMNS, RUN_COLUMNS
from tests.domain.filters.naive import KINDS, ORDERED, PATTERNS, PRESENCE, REFUSED, STATES, joined, verdict

BEGINNING = datetime(2024, 1, 1, tzinfo=timezone.utc)
SOME_NUMBERS = (-1, 0, 1, 2, 10, 0.5, 2.5)
WORDS = st.text("ab", max_size=3)
NUMBERS = st.sampled_from(SOME_NUMBERS)
WHOLE = st.integers(0, 3)
TIME_TEXTS = st.integers(0, 3).map(lambda hours: (BEGINNING + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ"))
PATTERN_TEXTS = st.text("abA%_", max_size=2)
OPERATORS = st.sampled_from([*ORDERED, *PATTERNS, *PRESENCE])
FRACTIONAL = ("duration", "searcherMetricsVal")
NEVER_NULL = ("id", "state", "startTime", "user", "parentArchived")
LITERALS_BY_KIND = {"number": (0, 1, 2), "text": ("", "a", "b%"), "boolean": (True, False), "state": STATES,
                    "time": ("2024-01-01T00:00:00Z", "2024-01-01T03:00:00+01:00")}
#: projectId and isExpMultitrial cannot be filtered by at all.
COLUMNS = {"EXPERIMENT": sorted(set(EXPERIMENT_COLUMNS) - {"projectId"}), "RUN": sorted(set(RUN_COLUMNS) - {"projectId", "isExpMultitrial"})}


def number(chance: Random) -> Any:
    return chance.choice(SOME_NUMBERS)


def whole(chance: Random) -> Any:
    return chance.randint(0, 3)


def word(chance: Random) -> Any:
    return "".join(chance.choices("ab", k=chance.randint(0, 3)))


def truth(chance: Random) -> Any:
    return chance.random() < 0.5


def time(chance: Random) -> Any:
    return int((BEGINNING + timedelta(hours=chance.randint(0, 3))).timestamp()) * 1_000_000



def value_in(chance: Random, name: str) -> Any:
    """What a row may hold in a column."""
    if name not in NEVER_NULL and chance.random() < 0.25:
        return None
    if name == "tags":
        return chance.sample(["a", "b"], chance.randint(0, 2))
    return {"number": number if name in FRACTIONAL else whole, "text": word, "time": time, "boolean": truth,
            "state": lambda chance: chance.choice(STATES)}[KINDS[name]](chance)


def literals_of(name: str, operator: str) -> st.SearchStrategy[Any]:
    """What a filter may compare a column with."""
    if operator in PATTERNS:
        return PATTERN_TEXTS
    return {"number": NUMBERS if name in FRACTIONAL else WHOLE, "text": WORDS, "time": TIME_TEXTS, "state": st.sampled_from(STATES),
            "boolean": st.booleans()}[KINDS[name]]


def leaves(chance: Random, *kinds: Callable[[Random], Any]) -> list[Any]:
    return [chance.choice(kinds)(chance) for _ in range(chance.randint(0, 3))]


def definition(chance: Random) -> dict[str, Any]:
    kind = chance.choice(["const", "int", "double", "log", "categorical"])
    if kind in ("const", "categorical"):
        return {"type": kind, **({"val": number(chance)} if kind == "const" else {"vals": leaves(chance, word)})}
    return {"type": kind, "minval": number(chance), "maxval": number(chance)}


def some(chance: Random, make: Callable[[Random], Any], *names: str) -> dict[str, Any]:
    """Some of the names, with what `make` gives each."""
    return {name: make(chance) for name in names if chance.random() < 0.7}


def row_by(chance: Random) -> dict[str, Any]:
    return {
        **{place.lower(): {name: value_in(chance, name) for name in names} for place, names in COLUMNS.items()},
        "summary": some(chance, lambda chance: some(chance, lambda chance: some(chance, number, "min", "last"), "loss", "acc"),
                        "avg_metrics", "validation_metrics", "custom"),
        "definitions": {**some(chance, definition, "x"), **some(chance, lambda chance: some(chance, definition, "y"), "n")},
        "hyperparameters": some(chance, lambda chance: leaves(chance, number, word, truth), "x", "n.y"),
        "metadata": some(chance, lambda chance: leaves(chance, number, word, truth, lambda chance: (time(chance),)), "x", "n.y")}


@st.composite
def column_fields(draw: st.DrawFn) -> dict[str, Any]:
    place, operator = draw(st.sampled_from(["EXPERIMENT", "RUN"])), draw(OPERATORS)
    name = draw(st.sampled_from(COLUMNS[place]))
    return field(place, name, operator, draw(literals_of(name, operator)))


@st.composite
def metric_fields(draw: st.DrawFn) -> dict[str, Any]:
    operator, kind = draw(OPERATORS), draw(st.sampled_from(["NUMBER", "TEXT"]))
    place, group = draw(st.sampled_from([("TRAINING", "training"), ("VALIDATIONS", "validation"), ("CUSTOM_METRIC", "custom")]))
    name = f"{group}.{draw(st.sampled_from(['loss', 'acc']))}.{draw(st.sampled_from(['min', 'last']))}"
    literal = NUMBERS if kind == "NUMBER" and operator not in PATTERNS else st.sampled_from(["0", "1", "2", "5"])
    return field(place, name, operator, draw(literal), kind)


@st.composite
def definition_fields(draw: st.DrawFn) -> dict[str, Any]:
    operator, kind = draw(OPERATORS), draw(st.sampled_from(["NUMBER", "TEXT", "UNSPECIFIED"]))
    literal = WORDS if kind == "TEXT" else NUMBERS
    return field("HYPERPARAMETERS", draw(st.sampled_from(["hp.x", "hp.n.y", "hp.none"])), operator, draw(literal), kind)


@st.composite
def index_fields(draw: st.DrawFn) -> dict[str, Any]:
    place, operator = draw(st.sampled_from(["RUN_HYPERPARAMETERS", "RUN_METADATA"])), draw(OPERATORS)
    kinds = {"NUMBER": WHOLE, "TEXT": WORDS, "UNSPECIFIED": st.booleans(), **({"DATE": TIME_TEXTS} if place == "RUN_METADATA" else {})}
    kind = draw(st.sampled_from(sorted(kinds)))
    prefix = "metadata." if place == "RUN_METADATA" else "hp."
    return field(place, prefix + draw(st.sampled_from(["x", "n.y"])), operator, draw(PATTERN_TEXTS if operator in PATTERNS else kinds[kind]), kind)


def field(place: str, name: str, operator: str, value: Any, kind: str = "UNSPECIFIED") -> dict[str, Any]:
    return {"kind": "field", "columnName": name, "location": f"LOCATION_TYPE_{place}", "type": f"COLUMN_TYPE_{kind}", "operator": operator,
            "value": None if operator in PRESENCE else value}


ROWS = [row_by(Random(seed)) for seed in range(25)]
FIELDS = st.one_of(column_fields(), metric_fields(), definition_fields(), index_fields())
GROUPS = st.recursive(FIELDS, lambda nodes: st.builds(
    lambda conjunction, children: {"kind": "group", "conjunction": conjunction, "children": children},
    st.sampled_from(["and", "or"]), st.lists(nodes, max_size=4)), max_leaves=8)


def leaf(value: Any) -> Leaf:
    if isinstance(value, tuple):
        return Leaf("timestamp", value[0])
    kinds = {bool: "boolean", str: "text", int: "integer", float: "float"}
    return Leaf(kinds[type(value)], value)


def columns_of(row: dict[str, Any]) -> Callable[[Column], Any]:
    numbers = {"integer": "number", "float": "number"}
    indexes = {name: {key: list(map(leaf, values)) for key, values in row[name].items()} for name in ("hyperparameters", "metadata")}
    sampled = {key: [found._replace(kind=numbers.get(found.kind, found.kind)) for found in found_there]
               for key, found_there in indexes["hyperparameters"].items()}
    special = {SUMMARY_METRICS: row["summary"], DEFINITIONS: row["definitions"], HYPERPARAMETERS: sampled, METADATA: indexes["metadata"]}
    return lambda column: special[column] if column in special else row[column.table][column.name]


def answers(node: dict[str, Any]) -> list[bool] | str:
    try:
        wanted = read_filter(json.dumps({"filterGroup": node}))
    except Internal:
        return REFUSED
    return [wanted.matches(columns_of(row)) for row in ROWS]


def expected(node: dict[str, Any]) -> list[bool] | str:
    """What is unknown is not shown; what is refused for one row is so for all."""
    found = [verdict(node, row) for row in ROWS]
    return REFUSED if REFUSED in found else [answer is True for answer in found]


@given(FIELDS)
@settings(max_examples=200)
def test_a_field_passes_as_a_plain_second_reading_says(node):
    assert answers(node) == expected(node)


@given(GROUPS)
@settings(max_examples=150)
def test_nested_groups_pass_as_a_plain_second_reading_says(node):
    assert answers(node) == expected(node)


@pytest.mark.parametrize(("place", "name"), [(place, name) for place, names in COLUMNS.items() for name in names])
@pytest.mark.parametrize("operator", [*ORDERED, *PATTERNS, *PRESENCE])
def test_every_operator_on_every_column_passes_as_a_plain_second_reading_says(place, name, operator):
    for literal in LITERALS_BY_KIND["text" if operator in PATTERNS else KINDS[name]]:
        node = field(place, name, operator, literal)
        assert answers(node) == expected(node)


@given(st.lists(st.sampled_from([True, False, None]), min_size=1))
def test_the_second_reading_joins_as_sql_does(parts):
    assert joined(parts, "and") == (False if False in parts else None if None in parts else True)
    assert joined(parts, "or") == (True if True in parts else None if None in parts else False)
