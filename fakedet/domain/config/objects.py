"""The declaration language, part two: objects with fields, lists and maps.

An `Object` reads as a table: field name -> `Field(kind, default)`. A read object holds only what is set; showing it
writes every declared field, as the master's structures do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from fakedet.domain.config.kinds import Check, Kind, combine, inspect
from fakedet.domain.config.problems import At, Problems, quoted
from fakedet.domain.config.reading import Reading


class Shown(Enum):
    """When a field is written: some of the master's fields vanish when unset, some when empty, dropped ones always."""

    ALWAYS = "always"
    IF_SET = "if set"
    IF_FILLED = "if filled"
    NEVER = "never"


@dataclass(frozen=True)
class Field:
    """One field: `required` ones must be there at once and not null, `eventually` ones once all sources are merged.

    `plain` is what the master's structure holds for an absent field where it cannot tell absent from empty.
    """

    kind: Kind
    default: Any = None
    required: bool = False
    eventually: bool = False
    nullable: bool = True
    shown: Shown = Shown.ALWAYS
    plain: Any = None


def Needed(kind: Kind, *, plain: Any = None) -> Field:
    """A field that must be given, and not as null."""
    return Field(kind, required=True, nullable=False, plain=plain)


class Object(Kind):
    """A structure of the master: named fields and no others (unless `open`)."""

    json = ("object",)

    def __init__(
        self,
        go: str,
        fields: Mapping[str, Field],
        *,
        checks: Sequence[Check] = (),
        eventual_checks: Sequence[Check] = (),
        open: bool = False,
        package: str = "expconf",
    ) -> None:
        self.go, self.fields, self.open = go, dict(fields), open
        self.checks, self.eventual_checks = checks, eventual_checks
        self.go_type = f"{package}.{go}"
        self.folded = {name.lower(): name for name in self.fields}
        self.required = [name for name, field in self.fields.items() if field.required]
        self.eventually = [name for name, field in self.fields.items() if field.eventually]

    def problems(self, value: dict[str, Any], at: At) -> Problems:
        missing = [name for name in self.required if name not in value]
        if missing:
            yield at.says(f"missing properties: {quoted(missing)}")
        yield from self.stray(value, at)
        for name, field in self.fields.items():
            if name in value:
                yield from inspect(field.kind, value[name], at.key(name), nullable=field.nullable)
        yield from (at.says(text) for text, holds in self.checks if not holds(value))
        if at.complete:
            yield from self.lacks(value, at)

    def stray(self, value: dict[str, Any], at: At) -> Problems:
        unknown = sorted(name for name in value if name not in self.fields)
        if unknown and not self.open:
            yield at.says(f"additionalProperties {quoted(unknown)} not allowed")

    def lacks(self, value: dict[str, Any], at: At) -> Problems:
        yield from (at.says(f"{name} is a required property") for name in self.eventually if value.get(name) is None)
        yield from (at.says(text) for text, holds in self.eventual_checks if not holds(value))

    def read(self, value: Any, here: Reading) -> Any:
        if not isinstance(value, dict):
            return here.mismatch(value, self.go_type)
        result = {name: field.plain for name, field in self.fields.items() if field.plain is not None}
        for name in sorted(value):
            result.update(self._read_field(name, value[name], here))
        return result

    def _read_field(self, name: str, value: Any, here: Reading) -> dict[str, Any]:
        written, name = name, self.folded.get(name.lower(), name)
        field = self.fields.get(name)
        if field is None or field.shown is Shown.NEVER:
            here.unknown(written)
            return {}
        item = None if value is None else field.kind.read(value, here.at(self.go, name))
        return {} if item is None else {name: item}

    def merge(self, high: dict[str, Any], low: dict[str, Any]) -> dict[str, Any]:
        return {name: combine(self.fields[name].kind, high.get(name), low.get(name)) for name in {**low, **high}}

    def fill(self, value: dict[str, Any]) -> dict[str, Any]:
        filled = {name: self._fill_field(field, value.get(name)) for name, field in self.fields.items()}
        return {name: item for name, item in filled.items() if item is not None}

    @staticmethod
    def _fill_field(field: Field, item: Any) -> Any:
        item = field.default if item is None else item
        return None if item is None else field.kind.fill(item)

    def show(self, value: dict[str, Any]) -> dict[str, Any]:
        return {name: self._shown(name, value) for name in self.fields if self._is_shown(name, value)}

    def _shown(self, name: str, value: dict[str, Any]) -> Any:
        item = value.get(name)
        return None if item is None else self.fields[name].kind.show(item)

    def _is_shown(self, name: str, value: dict[str, Any]) -> bool:
        shown, item = self.fields[name].shown, value.get(name)
        if shown is Shown.IF_FILLED:
            return bool(item)
        return shown is Shown.ALWAYS or (shown is Shown.IF_SET and item is not None)


class ListOf(Kind):
    """A list of one kind; `adds` names the key by which two lists add up (without it the higher list wins)."""

    json = ("array",)

    def __init__(self, item: Kind, *, adds: Callable[[Any], Any] | None = None, go: str = "") -> None:
        self.item, self.adds = item, adds
        self.go = go or f"[]{getattr(item, 'go', 'interface {}')}"

    def problems(self, value: list[Any], at: At) -> Problems:
        for number, item in enumerate(value):
            yield from inspect(self.item, item, at.index(number))

    def read(self, value: Any, here: Reading) -> Any:
        if not isinstance(value, list):
            return here.mismatch(value, self.go)
        return [self.item.read(item, here) for item in value]

    def merge(self, high: list[Any], low: list[Any]) -> list[Any]:
        if self.adds is None:
            return high
        own = {self.adds(item) for item in high}
        return high + [item for item in low if self.adds(item) not in own]

    def fill(self, value: list[Any]) -> list[Any]:
        return [self.item.fill(item) for item in value]

    def show(self, value: list[Any]) -> list[Any]:
        return [self.item.show(item) for item in value]


class MapOf(Kind):
    """A map from any names to one kind, merged name by name."""

    json = ("object",)

    def __init__(self, item: Kind, go: str) -> None:
        self.item, self.go = item, go

    def problems(self, value: dict[str, Any], at: At) -> Problems:
        for name, item in value.items():
            yield from inspect(self.item, item, at.key(name))

    def read(self, value: Any, here: Reading) -> Any:
        if not isinstance(value, dict):
            return here.mismatch(value, self.go)
        return {name: self.item.read(item, here) for name, item in sorted(value.items())}

    def merge(self, high: dict[str, Any], low: dict[str, Any]) -> dict[str, Any]:
        return {name: combine(self.item, high.get(name), low.get(name)) for name in {**low, **high}}

    def fill(self, value: dict[str, Any]) -> dict[str, Any]:
        return {name: self.item.fill(item) for name, item in value.items()}

    def show(self, value: dict[str, Any]) -> dict[str, Any]:
        return {name: self.item.show(item) for name, item in value.items()}
