"""What a YAML scalar means to go-yaml v2: words, numbers and tags."""

from __future__ import annotations

import base64
import binascii
import math
import re
import struct
from typing import Any

_TAG = "tag:yaml.org,2002:"
_WORDS = {
    **dict.fromkeys(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"], True),
    **dict.fromkeys(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"], False),
    **dict.fromkeys(["", "~", "null", "Null", "NULL"], None),
    **dict.fromkeys([".nan", ".NaN", ".NAN"], math.nan),
    **dict.fromkeys([".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"], math.inf),
    **dict.fromkeys(["-.inf", "-.Inf", "-.INF"], -math.inf),
}
_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))")
_BASES = (16, 2, 8, 10)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([Tt ]\d{1,2}:\d{1,2}:\d{1,2}.*)?")
_CHECKED = {"bool", "int", "float", "null", "timestamp"}


class ConfigTextError(ValueError):
    """A text that is no YAML, or YAML that is no JSON; the text is the master's."""


def scalar_value(text: str, tag: str, plain: bool) -> Any:
    """The value of a scalar; plain ones are guessed, tagged ones must fit their tag, all others are texts."""
    name = tag[len(_TAG) :] if tag.startswith(_TAG) else tag
    if name == "binary":
        return _decoded(text)
    if name in _CHECKED:
        return _as_tagged(text, name)
    return plain_value(text) if plain and not tag else text


def plain_value(text: str) -> Any:
    """What an untagged plain scalar means."""
    if text in _WORDS:
        return _WORDS[text]
    number = _number(text) if text[0] in "+-.0123456789" else None
    return text if number is None else number


def _number(text: str) -> int | float | None:
    if text.startswith("."):
        return _double(text)
    bare = text.replace("_", "")
    integer = _INTEGER.fullmatch(bare)
    value = _integer(integer) if integer else None
    return _double(bare) if value is None else value


def _integer(match: re.Match[str]) -> int | None:
    """A 64-bit integer, unsigned ones only without a sign; None if it has no place there."""
    sign, *digits = match.groups()
    base, found = next((base, found) for base, found in zip(_BASES, digits, strict=True) if found is not None)
    value = int(sign + found, base)
    top = 2**63 if sign else 2**64
    return value if -(2**63) <= value < top else None


def _double(text: str) -> float | None:
    if not _FLOAT.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def _as_tagged(text: str, tag: str) -> Any:
    if tag == "timestamp" and _DATE.fullmatch(text):
        return text
    value = plain_value(text)
    actual = _tag_of(value)
    if actual != tag and (tag, actual) != ("float", "int"):
        raise ConfigTextError(f"yaml: cannot decode !!{actual} `{text}` as a !!{tag}")
    return value


def _tag_of(value: Any) -> str:
    if value is None:
        return "null"
    return {bool: "bool", int: "int", float: "float"}.get(type(value), "str")


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text.replace("\n", ""), validate=True).decode(errors="replace")
    except binascii.Error:
        raise ConfigTextError("yaml: !!binary value contains invalid base64 data") from None


def key_text(key: Any) -> str:
    """A mapping key as the JSON object has it."""
    if isinstance(key, bool):
        return str(key).lower()
    return _float_key(key) if isinstance(key, float) else str(key)


def _float_key(number: float) -> str:
    """A float as a key: the shortest digits of its 32-bit neighbour, an exponent below 1e-4 and from 1e6 on."""
    if not math.isfinite(number):
        return ".nan" if math.isnan(number) else ".inf" if number > 0 else "-.inf"
    single = _single(number)
    if not math.isfinite(single):
        return ".inf" if single > 0 else "-.inf"
    digits = next(shown for shown in (f"{single:.{places}e}" for places in range(17)) if _single(float(shown)) == single)
    mantissa, exponent = digits.split("e")
    if -4 <= int(exponent) < 6:
        return f"{float(digits):.{max(len(mantissa.replace('-', '').replace('.', '')) - 1 - int(exponent), 0)}f}"
    return digits


def _single(number: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", number))[0])
    except OverflowError:
        return math.copysign(math.inf, number)
