"""The declaration language, part one: kinds of plain values.

A kind knows five things about its values: what the schema says about them (`problems`), how the master reads them
into its own form (`read`), how two of them merge (`merge`), which defaults fill them (`fill`) and how they are shown
(`show`). Mirrors the master's expconf schemas and the reflection code around them (pkg/schemas).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from fakedet.domain.config.problems import At, ConfigPanic, Problems, json_type, number_text
from fakedet.domain.config.reading import Reading

# A rule on a value: what the master says if it does not hold.
Check = tuple[str, Callable[[Any], bool]]


class Kind:
    """Any JSON value; the base of all kinds. `json` are the accepted types, in the order messages name them (none: all)."""

    json: tuple[str, ...] = ()

    def problems(self, value: Any, at: At) -> Problems:
        return iter(())

    def read(self, value: Any, here: Reading) -> Any:
        return value

    def merge(self, high: Any, low: Any) -> Any:
        return high

    def fill(self, value: Any) -> Any:
        return value

    def show(self, value: Any) -> Any:
        return value


def inspect(kind: Kind, value: Any, at: At, *, nullable: bool = False) -> Problems:
    """The problems of a value that should be of this kind; one of a wrong type has no others."""
    if value is None and nullable:
        return
    if kind.json and not _is_one_of(value, kind.json):
        expected = " or ".join((*kind.json, "null") if nullable else kind.json)
        yield at.says(f"expected {expected}, but got {json_type(value)}")
    else:
        yield from kind.problems(value, at)


def combine(kind: Kind, high: Any, low: Any) -> Any:
    """Two values of this kind merged: an unset one gives way."""
    if high is None or low is None:
        return low if high is None else high
    return kind.merge(high, low)


def _is_one_of(value: Any, types: Sequence[str]) -> bool:
    actual = json_type(value)
    return actual in types or (actual == "number" and "integer" in types and _is_integer(value))


def _is_integer(value: float) -> bool:
    return float(value).is_integer() and abs(value) < 1e21


class Scalar(Kind):
    """A text, number or flag, with its checks."""

    go = "string"

    def __init__(self, *checks: Check) -> None:
        self.checks = checks

    def problems(self, value: Any, at: At) -> Problems:
        return (at.says(text) for text, holds in self.checks if not holds(value))

    def read(self, value: Any, here: Reading) -> Any:
        if self.fits(value):
            return value
        if here.strict and self.go == "string" and json_type(value) in ("number", "boolean"):
            return _as_text(value)
        return here.mismatch(value, self.go)

    def fits(self, value: Any) -> bool:
        return json_type(value) in self.json


def _as_text(value: float) -> str:
    """Where templates are read, YAML's numbers and flags become texts if a text is wanted."""
    return str(value).lower() if isinstance(value, bool) else number_text(value)


class Text(Scalar):
    json = ("string",)

    def __init__(self, *checks: Check, go: str = "string") -> None:
        super().__init__(*checks)
        self.go = go


class Flag(Scalar):
    json, go = ("boolean",), "bool"


class Number(Scalar):
    """A number in a range: `at_least`, `at_most`, or strictly `above`."""

    json, go = ("number",), "float64"

    def __init__(self, *, at_least: float | None = None, at_most: float | None = None, above: float | None = None, go: str = "") -> None:
        super().__init__()
        self.range = ((">=", at_least), (">", above), ("<=", at_most))
        self.go = go or self.go

    def problems(self, value: Any, at: At) -> Problems:
        for sign, limit in self.range:
            if limit is not None and not _HOLDS[sign](value, limit):
                yield at.says(f"must be {sign} {limit} but found {number_text(value)}")

    def fits(self, value: Any) -> bool:
        if json_type(value) != "number":
            return False
        low, high = _GO_RANGES.get(self.go, (None, None))
        return low is None or (_is_integer(value) and low <= value <= high)


_HOLDS: dict[str, Callable[[float, float], bool]] = {
    ">=": lambda value, limit: value >= limit,
    ">": lambda value, limit: value > limit,
    "<=": lambda value, limit: value <= limit,
}
_GO_RANGES = {
    "int": (-(2**63), 2**63 - 1),
    "int16": (-(2**15), 2**15 - 1),
    "uint32": (0, 2**32 - 1),
    "uint64": (0, 2**64 - 1),
}


class Integer(Number):
    json, go = ("integer",), "int"


class Choice(Scalar):
    """One of a few words; unset counts as one of them in the master's wording, first or last."""

    def __init__(self, *words: str, null_last: bool = False, checks: Sequence[Check] = (), go: str = "string") -> None:
        super().__init__(*checks)
        self.words, self.go = words, go
        shown = [f'"{word}"' for word in words]
        self.text = "value must be one of " + ", ".join([*shown, "<nil>"] if null_last else ["<nil>", *shown])

    def problems(self, value: Any, at: At) -> Problems:
        if value not in self.words:
            yield at.says(self.text)
        yield from super().problems(value, at)

    def fits(self, value: Any) -> bool:
        return isinstance(value, str)


class Free(Kind):
    """A free-form mapping, merged key by key."""

    json = ("object",)

    def read(self, value: Any, here: Reading) -> Any:
        return value if isinstance(value, dict) else here.mismatch(value, "map[string]interface {}")

    def merge(self, high: dict[str, Any], low: dict[str, Any]) -> dict[str, Any]:
        return {**low, **{key: merge_free(value, low[key]) if key in low else value for key, value in high.items()}}


def merge_free(high: Any, low: Any) -> Any:
    """Free-form values merge as their types do; values of different types make the master panic."""
    if high is None or low is None:
        return low if high is None else high
    if json_type(high) != json_type(low):
        raise ConfigPanic(f"type mismatch in merge; can't merge {_GO_TYPES[json_type(low)]} into {_GO_TYPES[json_type(high)]}")
    return Free().merge(high, low) if isinstance(high, dict) else high


_GO_TYPES = {
    "boolean": "bool",
    "number": "float64",
    "string": "string",
    "array": "[]interface {}",
    "object": "map[string]interface {}",
}


def matching(pattern: str) -> Callable[[Any], bool]:
    """A check that a text matches somewhere; other values pass."""
    compiled = re.compile(pattern)
    return lambda value: not isinstance(value, str) or bool(compiled.search(value))
