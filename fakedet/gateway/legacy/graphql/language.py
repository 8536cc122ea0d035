"""The part of GraphQL that clients write: one anonymous query of fields with literal arguments; no variables, fragments or directives."""
from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, Callable

_TOKEN = re.compile(r'[\s,]*(?:#[^\n]*\s*)*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[_A-Za-z]\w*|[{}()\[\]:]|$|.)')
_WORDS = {"null": None, "true": True, "false": False}


class GraphqlError(Exception):
    """What is told of a query that cannot be answered."""


@dataclass(frozen=True)
class Field:
    """A field that is asked for, with its arguments and what is asked of its value."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    selection: tuple["Field", ...] = ()


def parse(text: str) -> tuple[Field, ...]:
    """The fields of a query; raises GraphqlError."""
    parser = _Parser(_TOKEN.findall(text))
    if parser.peek() == "query":
        parser.take()
    fields = parser.selection()
    if parser.peek():
        raise GraphqlError(f"not a valid graphql query: unexpected {parser.peek()!r}")
    return fields


class _Parser:
    def __init__(self, tokens: list[str]):
        self._tokens, self._at = tokens, 0

    def peek(self) -> str:
        """The token that is next; nothing at the end."""
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def take(self, wanted: str = "") -> str:
        """The next token, which has to be `wanted` if that is given."""
        token = self.peek()
        if not token or wanted and token != wanted:
            raise GraphqlError(f"not a valid graphql query: unexpected {token!r}")
        self._at += 1
        return token

    def selection(self) -> tuple[Field, ...]:
        """Fields between braces."""
        return tuple(self._until("{", "}", self._field))

    def _field(self) -> Field:
        name = self.take()
        arguments = dict(self._until("(", ")", self._pair)) if self.peek() == "(" else {}
        return Field(name, arguments, self.selection() if self.peek() == "{" else ())

    def _pair(self) -> tuple[str, Any]:
        name = self.take()
        self.take(":")
        return name, self._value()

    def _value(self) -> Any:
        if self.peek() == "{":
            return dict(self._until("{", "}", self._pair))
        if self.peek() == "[":
            return self._until("[", "]", self._value)
        token = self.take()
        if token[0] == '"' or token[0] == "-" or token[0].isdigit():
            return json.loads(token)
        return _WORDS.get(token, token)

    def _until(self, start: str, end: str, read: Callable[[], Any]) -> list[Any]:
        self.take(start)
        found = []
        while self.peek() != end:
            found.append(read())
        self.take(end)
        return found
