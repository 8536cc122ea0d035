"""Where a problem of a config is and how the master words it.

Mirrors the error half of the master's schema validation (pkg/schemas/util.go and its JSON schema library): every leaf
problem is one line `<config>.a.b[0]: text`, and the lines of one answer are sorted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import quote

# What the master leaves unescaped in a segment of a URL path.
_PLAIN = "$&+:=@"


class ConfigError(Exception):
    """A config the master refuses; the text is the master's."""


class ConfigPanic(Exception):
    """A config at which the master panics (free-form values of different types to merge, say); the text is the panic's."""


@dataclass(frozen=True)
class At:
    """A place in the config under inspection; `complete` demands what is required in the end (second validation)."""

    complete: bool = False
    rendered: str = ""
    pointer: str = "#"
    odd: bool = field(default=False)

    def key(self, name: str) -> At:
        if not name:
            return self
        escaped = quote(name.replace("~", "~0").replace("/", "~1"), safe=_PLAIN)
        return At(self.complete, f"{self.rendered}.{name}", f"{self.pointer}/{escaped}", self.odd or escaped != name)

    def index(self, number: int) -> At:
        return At(self.complete, f"{self.rendered}[{number}]", f"{self.pointer}/{number}", self.odd)

    def says(self, text: str) -> str:
        # A key that needs escaping defeats the master's rendering: it shows the bare pointer.
        return f"<config>{self.pointer if self.odd else self.rendered}: {text}"


Problems = Iterator[str]


def json_type(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def quoted(names: Iterable[str]) -> str:
    return ", ".join(go_quote(name) for name in names)


def go_quote(text: str) -> str:
    """A string as Go's strconv.Quote prints it, for the characters that config keys can hold."""
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(escapes.get(letter, letter) for letter in text) + '"'


def as_sent(value: Any) -> Any:
    """The value after its passage through JSON: every number a double, whole ones shown as integers."""
    if isinstance(value, dict):
        return {str(key): as_sent(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_sent(item) for item in value]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    number = float(value)
    return _whole(number) if number.is_integer() and abs(number) < 1e21 else number


def _whole(number: float) -> int:
    """A whole double as the integer that its shortest digits name."""
    return int(number) if abs(number) < 2**53 else int(Decimal(repr(number)))


def number_text(value: float) -> str:
    """A number as Go's encoding/json prints it: shortest digits, exponents only below 1e-6 and from 1e21 on."""
    number = float(value)
    if number.is_integer() and abs(number) < 1e21:
        return str(_whole(number))
    if 1e-6 <= abs(number) < 1e21:
        digits = f"{number:.17f}" if "e" in repr(number) else repr(number)
        return digits.rstrip("0") if "e" in repr(number) else digits
    mantissa, exponent = repr(number).split("e")
    sign = "-" if exponent.startswith("-") else "+"
    return f"{mantissa.removesuffix('.0')}e{sign}{exponent.lstrip('+-').lstrip('0')}"
