"""Tests of the hyperparameters that an experiment's config defines: constants, categories and ranges.

A range passes a comparison if one of its ends does; a hyperparameter that is not defined passes nothing, not even isEmpty.
"""
from __future__ import annotations

import re
from functools import partial
from typing import Any, Callable, Mapping

from fakedet.domain.errors import Internal
from fakedet.domain.filters.columns import DEFINITIONS, ValueOf
from fakedet.domain.filters.conditions import DATE_TYPE, TEXT_TYPE, Prepare, RowTest, as_pattern, text_or_panic
from fakedet.domain.filters.reading import Node
from fakedet.domain.filters.sql_types import DOUBLE, TEXT, SqlSyntaxError, Test
from fakedet.domain.sql_casts import as_double, as_text

Definition = Mapping[str, Any]
_RANGES = ("int", "double", "log")
#: Between two texts these could be operators of many types.
_OPERATORS = tuple("+-*/%&|#")
#: The test of a definition by its type.
Tests = dict[str, Callable[[Definition], bool]]


def hyperparameter(field: Node) -> Prepare:
    """`hp.name`, or `hp.name.part` for a nested one."""
    path = field.column_name.removeprefix("hp.").split(".")
    if field.type in (TEXT_TYPE, DATE_TYPE):
        if field.operator in ("contains", "notContains"):
            text_or_panic(field.value)
        return partial(_definition_test, path, _text_tests, field)
    return partial(_definition_test, path, _number_tests, field)


def _definition_test(path: list[str], tests_of: Callable[[Node], Tests], field: Node) -> RowTest:
    tests = tests_of(field)

    def matches(value_of: ValueOf) -> bool:
        definition = value_of(DEFINITIONS)
        for name in path:
            definition = definition.get(name) if isinstance(definition, Mapping) else None
        kind = definition.get("type") if isinstance(definition, Mapping) else None
        return kind in tests and tests[kind](definition)

    return matches


def _text_tests(field: Node) -> Tests:
    if field.operator in ("isEmpty", "notEmpty"):
        return _presence_tests(field.operator == "notEmpty")
    if field.operator == "contains":
        like = TEXT.like("~~", as_pattern(field.value))
        return {"const": lambda it: like(it.get("val")), "categorical": lambda it: _holds(it, field.value)}
    if field.operator == "notContains":
        unlike = TEXT.like("!~~", as_pattern(field.value))
        return {"const": lambda it: unlike(it.get("val")), "categorical": lambda it: not _holds(it, field.value)}
    compare = TEXT.comparison(field.operator or "", field.value)
    return {"const": lambda it: compare(it.get("val"))}


def _number_tests(field: Node) -> Tests:
    if field.operator in ("isEmpty", "notEmpty"):
        return _number_presence_tests(field.operator == "notEmpty")
    if field.operator in ("contains", "notContains") and not isinstance(field.value, (float, bool)):
        raise _bad_literal(field.value)
    if field.operator == "contains":
        ends = _range_tests(DOUBLE.comparison("<=", field.value), DOUBLE.comparison(">=", field.value))
        return {"categorical": lambda it: _holds(it, as_text(field.value)), **ends}
    if field.operator == "notContains":
        ends = _range_tests(DOUBLE.comparison(">=", field.value), DOUBLE.comparison("<=", field.value))
        return {"categorical": lambda it: not _holds(it, as_text(field.value)), **ends}
    compare = DOUBLE.comparison(field.operator or "", field.value)
    return {"const": lambda it: compare(as_double(it.get("val"))), **_range_tests(compare, compare)}


def _bad_literal(value: Any) -> Internal:
    """The master puts quotes around a text that is quoted already: PostgreSQL stumbles over its first token."""
    text = as_text(value)
    if not text:
        return Internal('ERROR: invalid input syntax for type double precision: "" (SQLSTATE 22P02)')
    if text in _OPERATORS:
        return Internal(f"ERROR: operator is not unique: unknown {text} unknown (SQLSTATE 42725)")
    return SqlSyntaxError((re.match(r"(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|\w+", text) or [text[:1]])[0])


def _presence_tests(expected: bool) -> Tests:
    return {
        "const": lambda it: (it.get("val") is not None) == expected,
        "categorical": lambda it: (it.get("vals") is not None) == expected,
    }


def _number_presence_tests(expected: bool) -> Tests:
    return {
        "const": lambda it: (as_double(it.get("val")) is not None) == expected,
        "categorical": lambda it: (it.get("vals") is not None) == expected,
        **dict.fromkeys(_RANGES, lambda it: expected),
    }


def _range_tests(smallest: Test, largest: Test) -> Tests:
    def either(definition: Definition) -> bool:
        return smallest(as_double(definition.get("minval"))) or largest(as_double(definition.get("maxval")))

    return dict.fromkeys(_RANGES, either)


def _holds(definition: Definition, text: str) -> bool:
    """Whether a category is that text; numbers among the categories are not found."""
    return any(value == text for value in definition.get("vals") or () if isinstance(value, str))
