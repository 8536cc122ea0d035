"""The column types that filters compare, with PostgreSQL's rules for literals and the errors it refuses them with.

Only a type that has the operator takes a literal of another type; a text literal is read as the column's own type. All
this happens when the query is prepared, so even an empty table shows the error.
"""
from __future__ import annotations

import json
import operator
import re
from dataclasses import dataclass
from typing import Any, Callable, Mapping

from fakedet.domain.collation import sort_key
from fakedet.domain.errors import Internal
from fakedet.domain.filters.times import NoTime, OutOfRange, read_time
from fakedet.domain.sql_casts import as_double, as_integer, as_text
from fakedet.domain.sql_text import like

Test = Callable[[Any], bool]

_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


@dataclass(frozen=True)
class SqlType:
    """A column type: how it reads a text literal, which other literals it compares with, and by what it orders."""

    name: str
    read: Callable[[str], Any]
    literals: tuple[str, ...] = ()
    key: Callable[[Any], Any] = lambda value: value

    @property
    def is_text(self) -> bool:
        return self.read is as_text

    def comparison(self, symbol: str, literal: Any) -> Test:
        """Whether a value that is not null compares so with the literal of a filter."""
        compare, bound = _COMPARISONS[symbol], self.key(self._bound(symbol, literal))
        return lambda value: value is not None and compare(self.key(value), bound)

    def like(self, symbol: str, pattern: str) -> Test:
        """Whether a text that is not null matches LIKE (`~~`), ILIKE (`~~*`) or their negations (`!~~`, `!~~*`)."""
        if not self.is_text:
            raise no_operator(self.name, symbol, "unknown")
        matches, negated = like(pattern, any_case=symbol.endswith("*")), symbol.startswith("!")
        return lambda value: value is not None and matches(as_text(value)) != negated

    def _bound(self, symbol: str, literal: Any) -> Any:
        if isinstance(literal, (list, dict)):
            return self.read(json.dumps(_without_fractions(literal), separators=(",", ":"), ensure_ascii=False))
        if isinstance(literal, str):
            return self.read(literal)
        if _literal_type(literal) not in self.literals:
            raise no_operator(self.name, symbol, _literal_type(literal))
        return literal


class SqlSyntaxError(Internal):
    """The query cannot even be parsed: reported before anything else about it."""

    def __init__(self, near: str):
        super().__init__(f'ERROR: syntax error at or near "{near}" (SQLSTATE 42601)')


def no_operator(left: str, symbol: str, right: str) -> Internal:
    symbol = "<>" if symbol == "!=" else symbol
    return Internal(f"ERROR: operator does not exist: {left} {symbol} {right} (SQLSTATE 42883)")


def _without_fractions(value: Any) -> Any:
    """Whole numbers as integers, as Go writes them into JSON."""
    if isinstance(value, list):
        return [_without_fractions(item) for item in value]
    if isinstance(value, dict):
        return {key: _without_fractions(value[key]) for key in sorted(value)}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _literal_type(literal: Any) -> str:
    if isinstance(literal, bool):
        return "boolean"
    if literal != int(literal) or abs(literal) >= 2**63:
        return "numeric"
    return "integer" if abs(literal) < 2**31 else "bigint"


def _refused(type_name: str, text: str, code: str = "22P02") -> Internal:
    return Internal(f'ERROR: invalid input syntax for type {type_name}: "{text}" (SQLSTATE {code})')


def _bigint(text: str) -> int:
    if not re.fullmatch(r"\s*[+-]?\d+\s*", text, re.ASCII):
        raise _refused("bigint", text)
    if abs(int(text)) >= 2**63:
        raise Internal(f'ERROR: value "{text}" is out of range for type bigint (SQLSTATE 22003)')
    return int(text)


def _numeric(text: str) -> float | None:
    try:
        return as_double(text)
    except Internal:
        raise _refused("numeric", text) from None


def _boolean(text: str) -> bool:
    word = text.strip().lower()
    is_true, is_false = (bool(word) and any(name.startswith(word) for name in names) for names in (_TRUE, _FALSE))
    if is_true == is_false:
        raise _refused("boolean", text)
    return is_true


def _timestamp_reader(type_name: str, with_zone: bool) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            return read_time(text, with_zone=with_zone)
        except NoTime:
            raise _refused(type_name, text, "22007") from None
        except OutOfRange:
            raise Internal(f'ERROR: date/time field value out of range: "{text}" (SQLSTATE 22008)') from None

    return read


def _number_key(value: float) -> tuple[bool, float]:
    """NaN equals NaN and is greater than all numbers."""
    return (True, 0) if value != value else (False, value)


def enumeration(name: str, labels: str) -> SqlType:
    """An enum; its values order as they are listed."""
    ranks = {label: rank for rank, label in enumerate(labels.split())}

    def read(text: str) -> str:
        if text not in ranks:
            raise Internal(f'ERROR: invalid input value for enum {name}: "{text}" (SQLSTATE 22P02)')
        return text

    return SqlType(name, read, key=ranks.__getitem__)


_NUMBERS = ("integer", "bigint", "numeric")
INTEGER = SqlType("integer", as_integer, _NUMBERS)
BIGINT = SqlType("bigint", _bigint, _NUMBERS)
NUMERIC = SqlType("numeric", _numeric, _NUMBERS)
DOUBLE = SqlType("double precision", as_double, _NUMBERS, _number_key)
TEXT = SqlType("text", as_text, key=lambda value: sort_key(as_text(value)))
VARCHAR = SqlType("character varying", as_text, key=TEXT.key)
BOOLEAN = SqlType("boolean", _boolean, ("boolean",))
TIMESTAMP = SqlType("timestamp with time zone", _timestamp_reader("timestamp with time zone", with_zone=True))
LOCAL_TIMESTAMP = SqlType("timestamp without time zone", _timestamp_reader("timestamp", with_zone=False))
EXPERIMENT_STATE = enumeration(
    "experiment_state",
    "ACTIVE PAUSED STOPPING_CANCELED STOPPING_KILLED STOPPING_COMPLETED STOPPING_ERROR DELETING CANCELED COMPLETED ERROR "
    "DELETE_FAILED RUNNING",
)
TRIAL_STATE = enumeration(
    "trial_state",
    "ACTIVE PAUSED STOPPING_CANCELED STOPPING_KILLED STOPPING_COMPLETED STOPPING_ERROR CANCELED COMPLETED ERROR RUNNING",
)
