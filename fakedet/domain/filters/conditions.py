"""What a field of a filter tests, by its location: columns, summary metrics, and the indexes of hyperparameters and metadata.

Each function checks a field as the master does while it writes the query, and returns what PostgreSQL does with it next:
`prepare()`, which may refuse it and gives the test of a row. Null compares as neither true nor false: it fails every test
but isEmpty.
"""
from __future__ import annotations

from functools import partial
from typing import Any, Callable, Mapping, Sequence

from fakedet.domain.errors import Internal
from fakedet.domain.filters.columns import (
    EXPERIMENT_COLUMNS,
    HYPERPARAMETERS,
    METADATA,
    NAMES,
    RUN_COLUMNS,
    SUMMARY_METRICS,
    Column,
    Leaf,
    ValueOf,
)
from fakedet.domain.filters.metric_ids import metric_path
from fakedet.domain.filters.reading import Node
from fakedet.domain.filters.sql_types import (
    BOOLEAN,
    DOUBLE,
    INTEGER,
    LOCAL_TIMESTAMP,
    TEXT,
    VARCHAR,
    SqlSyntaxError,
    SqlType,
    Test,
    no_operator,
)
from fakedet.domain.sql_casts import as_double

RowTest = Callable[[ValueOf], bool]
Prepare = Callable[[], RowTest]

NUMBER_TYPE, TEXT_TYPE, DATE_TYPE = "COLUMN_TYPE_NUMBER", "COLUMN_TYPE_TEXT", "COLUMN_TYPE_DATE"
_EMPTY_TEXTS = ("", "[]")


def experiment_column(field: Node) -> Prepare:
    if field.column_name not in EXPERIMENT_COLUMNS:
        raise Internal(f"invalid experiment column {field.column_name}")
    if field.column_name == "projectId":
        return _refusal("ERROR: column reference \"project_id\" is ambiguous (SQLSTATE 42702)")
    return partial(_column_test, Column("experiment", field.column_name), EXPERIMENT_COLUMNS[field.column_name], field)


def run_column(field: Node) -> Prepare:
    if field.column_name not in RUN_COLUMNS:
        raise Internal(f"invalid run column {field.column_name}")
    if field.column_name == "isExpMultitrial":
        return partial(_multitrial_test, field)
    return partial(_column_test, Column("run", field.column_name), RUN_COLUMNS[field.column_name], field)


def metric(field: Node) -> Prepare:
    """A value of the summary of a metric: `group.name.qualifier`."""
    return partial(_metric_test, metric_path(field.column_name), field)


def run_hyperparameter(field: Node) -> Prepare:
    """A sampled hyperparameter: the type of the field picks the kind of leaf."""
    pattern = _index_pattern(field)
    kinds = {NUMBER_TYPE: (("number", DOUBLE),), TEXT_TYPE: (("text", TEXT),)}.get(field.type or "", (("boolean", BOOLEAN),))
    return partial(_index_test, HYPERPARAMETERS, field.column_name.removeprefix("hp."), kinds, field, pattern)


def run_metadata(field: Node) -> Prepare:
    pattern = _index_pattern(field)
    kinds = _METADATA_KINDS.get(field.type or "", (("boolean", BOOLEAN),))
    if pattern is not None and field.type == NUMBER_TYPE:
        return _refusal('ERROR: column "number_value" does not exist (SQLSTATE 42703)')
    if pattern is not None and field.type == DATE_TYPE:
        kinds = (("boolean", BOOLEAN),)
    return partial(_index_test, METADATA, field.column_name.removeprefix("metadata."), kinds, field, pattern)


def as_pattern(value: Any) -> str:
    """A value between wildcards, as Go prints what is no string: `%!s(float64=2)`."""
    return f"%{_printed(value)}%"


def text_or_panic(value: Any) -> str:
    """The value of `contains` where the master insists on a string."""
    if isinstance(value, str):
        return value
    go_type = {bool: "bool", float: "float64", list: "[]interface {}", dict: "map[string]interface {}"}[type(value)]
    raise Internal(f"interface conversion: interface {{}} is {go_type}, not string")


def _refusal(message: str) -> Prepare:
    def refuse() -> RowTest:
        raise Internal(message)

    return refuse


def _column_test(column: Column, sql_type: SqlType, field: Node) -> RowTest:
    test = _value_test(sql_type, field)
    return lambda value_of: test(value_of(column))


def _value_test(sql_type: SqlType, field: Node) -> Test:
    if field.operator in ("isEmpty", "notEmpty"):
        is_empty = _emptiness(sql_type)
        return is_empty if field.operator == "isEmpty" else lambda value: not is_empty(value)
    if field.operator in ("contains", "notContains"):
        return sql_type.like("~~*" if field.operator == "contains" else "!~~*", as_pattern(field.value))
    return sql_type.comparison(field.operator or "", field.value)


def _emptiness(sql_type: SqlType) -> Test:
    """Null, '' or '[]'; these two are no literals of most types."""
    empties = [sql_type.comparison("=", text) for text in _EMPTY_TEXTS]
    return lambda value: value is None or any(equals(value) for equals in empties)


def _multitrial_test(field: Node) -> RowTest:
    """The master's expression holds a comparison itself (`name != 'single'`), which nothing can follow."""
    if field.operator in ("contains", "notContains"):
        raise no_operator("text", "!=", "boolean")
    symbol = {"isEmpty": "=", "notEmpty": "!="}.get(field.operator or "", field.operator)
    raise SqlSyntaxError(symbol or "")


def _metric_test(keys: tuple[str, str, str], field: Node) -> RowTest:
    is_number = field.type == NUMBER_TYPE
    test = _metric_value_test(DOUBLE if is_number else TEXT, field)

    def matches(value_of: ValueOf) -> bool:
        value = value_of(SUMMARY_METRICS)
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        return test(as_double(value) if is_number else value)

    return matches


def _metric_value_test(sql_type: SqlType, field: Node) -> Test:
    if field.operator == "isEmpty":
        return lambda value: value is None
    if field.operator == "notEmpty":
        return lambda value: value is not None
    if field.operator in ("contains", "notContains"):
        return sql_type.like("~~" if field.operator == "contains" else "!~~", as_pattern(field.value))
    return sql_type.comparison(field.operator or "", field.value)


def _index_pattern(field: Node) -> str | None:
    if field.operator not in ("contains", "notContains"):
        return None
    return as_pattern(text_or_panic(field.value))


def _index_test(
    index: Column, name: str, kinds: tuple[tuple[str, SqlType], ...], field: Node, pattern: str | None
) -> RowTest:
    """Whether some leaf of that name passes; isEmpty: whether there is none.

    Without a run (None) nothing passes, but isEmpty of a name that no run has: SQL finds null not among nothing.
    """
    leaves_test = _leaves_test(kinds, field, pattern)

    def matches(value_of: ValueOf) -> bool:
        leaves = value_of(index)
        if leaves is None:
            return field.operator == "isEmpty" and name not in value_of(NAMES[index])
        return leaves_test(leaves.get(name, ()))

    return matches


def _leaves_test(
    kinds: tuple[tuple[str, SqlType], ...], field: Node, pattern: str | None
) -> Callable[[Sequence[Leaf]], bool]:
    if field.operator in ("isEmpty", "notEmpty"):
        return lambda leaves: bool(leaves) == (field.operator == "notEmpty")
    tests = {kind: _leaf_test(sql_type, field, pattern) for kind, sql_type in kinds}
    return lambda leaves: any(_passes(leaf, tests) for leaf in leaves)


def _leaf_test(sql_type: SqlType, field: Node, pattern: str | None) -> Test:
    if pattern is None:
        return sql_type.comparison(field.operator or "", field.value)
    is_negated = field.operator == "notContains"
    if sql_type.is_text:
        return sql_type.like("!~~" if is_negated else "~~", pattern)
    return sql_type.comparison("!=" if is_negated else "=", pattern)


def _passes(leaf: Leaf, tests: Mapping[str, Test]) -> bool:
    test = tests.get(leaf.kind)
    return test is not None and test(leaf.value)


def _printed(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return f"%!s(bool={str(value).lower()})"
    if isinstance(value, float):
        return f"%!s(float64={int(value) if value.is_integer() and abs(value) < 1e21 else value})"
    if isinstance(value, list):
        return f"[{' '.join(map(_printed, value))}]"
    if value is None:
        return "%!s(<nil>)"
    return f"map[{' '.join(f'{key}:{_printed(value[key])}' for key in sorted(value))}]"


_METADATA_KINDS: Mapping[str, tuple[tuple[str, SqlType], ...]] = {
    NUMBER_TYPE: (("integer", INTEGER), ("float", DOUBLE)),
    TEXT_TYPE: (("text", VARCHAR),),
    DATE_TYPE: (("timestamp", LOCAL_TIMESTAMP),),
}
