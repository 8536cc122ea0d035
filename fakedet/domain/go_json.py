"""JSON as Go's encoding/json reads it: what it takes, and the exact text of its errors.

Numbers keep the text they were written with, because error texts show it. Of a stream only the first value counts.
"""
from __future__ import annotations

import codecs
import re
from typing import Any

from fakedet.domain.go_text import quote

#: The body holds no value at all (Go's io.EOF).
NOTHING = object()
DEEPEST = 10_000
_SPACE = re.compile(rb"[ \t\r\n]*")
_NUMBER = re.compile(rb"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_PLAIN_STRING = re.compile(rb'[^"\\\x00-\x1f]*')
_HEX = b"0123456789abcdefABCDEF"
_LITERALS = {b"t": (b"true", True), b"f": (b"false", False), b"n": (b"null", None)}
_ESCAPES = {b'"': '"', b"\\": "\\", b"/": "/", b"b": "\b", b"f": "\f", b"n": "\n", b"r": "\r", b"t": "\t"}

codecs.register_error("go-replace", lambda error: ("\ufffd" * (error.end - error.start), error.end))  # type: ignore[attr-defined]


class GoJsonError(ValueError):
    """Go's decoder refuses the text; the message is Go's."""


class Number:
    """A number with the text it was written with."""

    __slots__ = ("text",)

    def __init__(self, text: str):
        self.text = text

    def __repr__(self) -> str:
        return f"Number({self.text!r})"


def read(body: bytes) -> Any:
    """The first value of a body, or NOTHING: json.Decoder, which reports a cut-off value as `unexpected EOF`."""
    try:
        return _Scanner(body).first_value()
    except EOFError:
        raise GoJsonError("unexpected EOF") from None
    except RecursionError:
        raise GoJsonError("exceeded max depth") from None


def unmarshal(text: str) -> Any:
    """A whole text that must hold one value and nothing else: json.Unmarshal."""
    scanner = _Scanner(text.encode("utf-8", "surrogateescape"))
    try:
        value = scanner.first_value()
    except EOFError:
        value = NOTHING
    except RecursionError:
        raise GoJsonError("exceeded max depth") from None
    if value is NOTHING:
        raise GoJsonError("unexpected end of JSON input")
    scanner.expect_end()
    return value


def kind(value: Any) -> str:
    """What Go's error texts call a value."""
    names = {bool: "bool", str: "string", list: "array", dict: "object", type(None): "null"}
    return names.get(type(value), "number")


class _Scanner:
    """Reads values from bytes; raises EOFError where they end too early."""

    def __init__(self, body: bytes):
        self._body, self._at, self._depth = body, 0, 0

    def first_value(self) -> Any:
        self._skip_space()
        return NOTHING if self._at == len(self._body) else self._value()

    def expect_end(self) -> None:
        self._skip_space()
        if self._at < len(self._body):
            raise self._unexpected("after top-level value")

    def _value(self) -> Any:
        char = self._peek()
        if char == b'"':
            self._at += 1
            return self._string()
        if char == b"{":
            return self._nested(self._object)
        if char == b"[":
            return self._nested(self._array)
        if char in _LITERALS:
            return self._literal(*_LITERALS[char])
        if char == b"-" or char.isdigit():
            return self._number()
        raise self._unexpected("looking for beginning of value")

    def _nested(self, read_inside: Any) -> Any:
        self._depth += 1
        if self._depth > DEEPEST:
            raise GoJsonError("exceeded max depth")
        self._at += 1
        self._skip_space()
        value = read_inside()
        self._depth -= 1
        return value

    def _object(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self._took(b"}"):
            return found
        while True:
            if self._peek() != b'"':
                raise self._unexpected("looking for beginning of object key string")
            self._at += 1
            key = self._string()
            self._skip_space()
            if not self._took(b":"):
                raise self._unexpected("after object key")
            self._skip_space()
            found[key] = self._value()
            self._skip_space()
            if self._took(b"}"):
                return found
            if not self._took(b","):
                raise self._unexpected("after object key:value pair")
            self._skip_space()

    def _array(self) -> list[Any]:
        found: list[Any] = []
        if self._took(b"]"):
            return found
        while True:
            found.append(self._value())
            self._skip_space()
            if self._took(b"]"):
                return found
            if not self._took(b","):
                raise self._unexpected("after array element")
            self._skip_space()

    def _string(self) -> str:
        parts = []
        while True:
            plain = _PLAIN_STRING.match(self._body, self._at)
            assert plain is not None
            parts.append(plain.group().decode("utf-8", "go-replace"))
            self._at = plain.end()
            char = self._peek()
            if char == b'"':
                self._at += 1
                return _joined(parts)
            if char != b"\\":
                raise self._unexpected("in string literal")
            self._at += 1
            parts.append(self._escape())

    def _escape(self) -> str:
        char = self._peek()
        if char in _ESCAPES:
            self._at += 1
            return _ESCAPES[char]
        if char != b"u":
            raise self._unexpected("in string escape code")
        self._at += 1
        start = self._at
        for _ in range(4):
            if self._peek() not in _HEX:
                raise self._unexpected("in \\u hexadecimal character escape")
            self._at += 1
        return chr(int(self._body[start:self._at], 16))

    def _number(self) -> Number:
        found = _NUMBER.match(self._body, self._at)
        if found is None:  # only a minus sign
            self._at += 1
            self._peek()
            raise self._unexpected("in numeric literal")
        self._at = found.end()
        if found.group(3) is None:
            self._check_cut_off_number(has_fraction=found.group(2) is not None)
        return Number(found.group().decode())

    def _check_cut_off_number(self, has_fraction: bool) -> None:
        """Go has seen a dot or an exponent mark by now and wants a digit after it."""
        char = self._body[self._at:self._at + 1]
        if char in (b"e", b"E"):
            self._at += 1
            if self._peek() in (b"+", b"-"):
                self._at += 1
            self._peek()
            raise self._unexpected("in exponent of numeric literal")
        if char == b"." and not has_fraction:
            self._at += 1
            self._peek()
            raise self._unexpected("after decimal point in numeric literal")

    def _literal(self, word: bytes, value: Any) -> Any:
        for expected in word:
            if self._peek()[0] != expected:
                raise self._unexpected(f"in literal {word.decode()} (expecting {_quoted_char(expected)})")
            self._at += 1
        return value

    def _skip_space(self) -> None:
        self._at = _SPACE.match(self._body, self._at).end()  # type: ignore[union-attr]

    def _took(self, char: bytes) -> bool:
        if self._peek() != char:
            return False
        self._at += 1
        return True

    def _peek(self) -> bytes:
        char = self._body[self._at:self._at + 1]
        if not char:
            raise EOFError
        return char

    def _unexpected(self, where: str) -> GoJsonError:
        return GoJsonError(f"invalid character {_quoted_char(self._peek()[0])} {where}")


def _joined(parts: list[str]) -> str:
    """The parts of a string with surrogate pairs united and lone surrogates replaced."""
    text = "".join(parts)
    if not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return re.sub("[\ud800-\udfff]", "\ufffd", text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass"))


def _quoted_char(code: int) -> str:
    if code == ord("'"):
        return r"'\''"
    return "'" + (chr(code) if code == ord('"') else quote(chr(code))[1:-1]) + "'"
