"""Groups of a filter: and, or, and what counts for nothing (other kinds of nodes, other locations, groups of these)."""
from __future__ import annotations

from functools import partial
from typing import Callable, Mapping

from fakedet.domain.errors import Internal
from fakedet.domain.filters.columns import ValueOf
from fakedet.domain.filters.conditions import (
    Prepare,
    RowTest,
    experiment_column,
    metric,
    run_column,
    run_hyperparameter,
    run_metadata,
)
from fakedet.domain.filters.definitions import hyperparameter
from fakedet.domain.filters.reading import Node
from fakedet.domain.filters.sql_types import SqlSyntaxError

_LOCATIONS: Mapping[str, Callable[[Node], Prepare]] = {
    "LOCATION_TYPE_EXPERIMENT": experiment_column,
    "LOCATION_TYPE_RUN": run_column,
    "LOCATION_TYPE_VALIDATIONS": metric,
    "LOCATION_TYPE_TRAINING": metric,
    "LOCATION_TYPE_CUSTOM_METRIC": metric,
    "LOCATION_TYPE_HYPERPARAMETERS": hyperparameter,
    "LOCATION_TYPE_RUN_HYPERPARAMETERS": run_hyperparameter,
    "LOCATION_TYPE_RUN_METADATA": run_metadata,
}
_OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "contains", "notContains", "isEmpty", "notEmpty")
_CONJUNCTIONS = {"and": all, "or": any}


def planned(node: Node | None) -> Prepare | None:
    """The node's part of the query, checked as the master checks it; None if it adds none."""
    if node is None:
        raise Internal("runtime error: invalid memory address or nil pointer dereference")
    if node.kind == "field":
        return _planned_field(node)
    return _planned_group(node) if node.kind == "group" else None


def _planned_field(field: Node) -> Prepare | None:
    if field.operator is None:
        raise Internal("field specified with value but no operator")
    if field.value is None and field.operator not in ("isEmpty", "notEmpty"):
        return _everything
    if field.operator not in _OPERATORS:
        raise Internal(f"invalid operator {field.operator}")
    location = _LOCATIONS.get("LOCATION_TYPE_EXPERIMENT" if field.location is None else field.location)
    return None if location is None else location(field)


def _planned_group(group: Node) -> Prepare | None:
    if group.conjunction is None:
        raise Internal("group specified with no conjunction")
    if not group.children:
        return _everything
    if group.conjunction not in _CONJUNCTIONS:
        raise Internal(f"invalid conjunction value {group.conjunction}")
    parts = [part for part in map(planned, group.children) if part is not None]
    return partial(_group_test, parts, group.conjunction) if parts else None


def _group_test(parts: list[Prepare], conjunction: str) -> RowTest:
    tests, joined = _prepared(parts), _CONJUNCTIONS[conjunction]
    return lambda value_of: joined(test(value_of) for test in tests)


def _prepared(parts: list[Prepare]) -> list[RowTest]:
    """PostgreSQL parses the whole query before it looks at what stands in it."""
    tests, errors = [], []
    for prepare in parts:
        try:
            tests.append(prepare())
        except Internal as error:
            errors.append(error)
    if errors:
        raise next((error for error in errors if isinstance(error, SqlSyntaxError)), errors[0])
    return tests


def _everything() -> RowTest:
    return _passes


def _passes(value_of: ValueOf) -> bool:
    return True
