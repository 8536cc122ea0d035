"""The character NUL: neither PostgreSQL's jsonb nor its text can hold it. Some writes escape it beforehand, others are refused."""
from __future__ import annotations

from typing import Any

REFUSAL = "ERROR: unsupported Unicode escape sequence (SQLSTATE 22P05)"
REFUSAL_OF_TEXT = 'ERROR: invalid byte sequence for encoding "UTF8": 0x00 (SQLSTATE 22021)'
_NUL = "\0"
_ESCAPED = "\\u0000"


def has_nul(value: Any) -> bool:
    """Whether the character is anywhere in a JSON value, names included."""
    if isinstance(value, str):
        return _NUL in value
    if isinstance(value, dict):
        return any(has_nul(name) or has_nul(item) for name, item in value.items())
    return isinstance(value, list) and any(map(has_nul, value))


def with_nul_escaped(value: Any) -> Any:
    """The value with the six characters of its escape in place of each NUL."""
    if isinstance(value, str):
        return value.replace(_NUL, _ESCAPED)
    if isinstance(value, dict):
        return {with_nul_escaped(name): with_nul_escaped(item) for name, item in value.items()}
    return [with_nul_escaped(item) for item in value] if isinstance(value, list) else value
