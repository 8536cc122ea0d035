"""How the master turns JSON into its own structures, and what it says when it cannot.

Mirrors Go's encoding/json as far as clients can see it: a value of the wrong type is noted and reading goes on (the
first note is the answer), a structure with a reader of its own stops everything at once, and both name struct and
path.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from fakedet.domain.config.problems import json_type, number_text

T = TypeVar("T")
# The master's own slip: it names the type it wants, not the one it got.
BAD_TAG = "{} must be a string: got string"
_GO_WORD = {"boolean": "bool"}


class ReadError(Exception):
    """Why a value could not be read, with the place as far as it is known yet."""

    def __init__(self, text: str, go: str = "", struct: str = "", path: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.text, self.go, self.struct, self.path = text, go, struct, path

    def __str__(self) -> str:
        if not self.go:
            return self.text
        place = f"struct field {self.struct}.{'.'.join(self.path)}" if self.struct or self.path else "value"
        return f"json: cannot unmarshal {self.text} into Go {place} of type {self.go}"

    def within(self, here: Reading) -> ReadError:
        """The same error as the reading around it reports it: the outer struct's name, the longer path."""
        if not self.go:
            return self
        return ReadError(self.text, self.go, here.struct or self.struct, here.path + self.path)


@dataclass(frozen=True)
class Reading:
    """One run of the JSON reader: the struct and path it is at, and the errors it has noted."""

    strict: bool = False
    struct: str = ""
    path: tuple[str, ...] = ()
    notes: list[ReadError] = field(default_factory=list)

    def at(self, struct: str, name: str) -> Reading:
        return replace(self, struct=struct, path=(*self.path, name))

    def mismatch(self, value: Any, go: str) -> None:
        kind = json_type(value)
        shown = f"number {number_text(value)}" if kind == "number" and go in _INTEGERS else _GO_WORD.get(kind, kind)
        self.notes.append(ReadError(shown, go, self.struct, self.path))

    def unknown(self, name: str) -> None:
        if self.strict:
            self.notes.append(ReadError(f'json: unknown field "{name}"'))

    def own(self, read: Callable[[Reading], T]) -> T:
        """Reads by a structure's own reader, whose first error ends the reading around it too."""
        inner = Reading()
        try:
            result = read(inner)
        except ReadError as error:
            raise error.within(self) from None
        if inner.notes:
            raise inner.notes[0].within(self)
        return result


def run(read: Callable[[Reading], T], *, strict: bool = False) -> T:
    """A whole reading from the root; raises its first error."""
    reading = Reading(strict=strict)
    result = read(reading)
    if reading.notes:
        raise reading.notes[0]
    return result


def run_within(context: str, read: Callable[[Reading], T]) -> T:
    """A whole reading whose error is told behind a context, and so loses its place."""
    try:
        return run(read)
    except ReadError as error:
        raise ReadError(f"{context}: {error}") from None


def refuse_unknown(value: dict[str, Any], known: Container[str]) -> None:
    """Unions refuse unknown keys, even where structures pass over them."""
    for name in sorted(value):
        if name not in known:
            raise ReadError(f'json: unknown field "{name}"')


_INTEGERS = {"int", "int16", "uint32", "uint64"}
