"""Free JSON values as Go's encoding/json writes them: keys sorted, nothing between, `<`, `>` and `&` escaped."""
from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

_ESCAPED = {"<": r"\u003c", ">": r"\u003e", "&": r"\u0026", "\u2028": r"\u2028", "\u2029": r"\u2029"}
_SPECIAL = re.compile("[<>&\u2028\u2029]")
_LARGE, _SMALL = 1e21, 1e-6


def marshal(value: Any) -> str:
    """The JSON text."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_text(key)}:{marshal(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return f"[{','.join(map(marshal, value))}]"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number(float(value))
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(value: str) -> str:
    return _SPECIAL.sub(lambda found: _ESCAPED[found[0]], json.dumps(value, ensure_ascii=False))


def _number(value: float) -> str:
    """The fewest digits; an exponent only for the very large and the very small, and then without zeros before it."""
    if value != 0 and not _SMALL <= abs(value) < _LARGE:
        digits, _, exponent = f"{Decimal(repr(value)).normalize():e}".partition("e")
        return f"{digits}e{exponent[0]}{exponent[1:].lstrip('0')}"
    text = format(Decimal(repr(value)), "f")
    return text[:-2] if text.endswith(".0") else text
