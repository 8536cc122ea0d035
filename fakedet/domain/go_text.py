"""How Go reads and prints text: strconv's quoting and its parsing of integers, floats and booleans, with its errors."""
from __future__ import annotations

import re
import struct

_SHORT_ESCAPES = {"\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v", "\\": r"\\", '"': r"\""}
_PLAIN = re.compile(r'[ !#-\[\]-~]*')
_INTEGER = re.compile(r"[+-]?(0[bB](_?[01])+|0[oO](_?[0-7])+|0[xX](_?[0-9a-fA-F])+|0(_?[0-7])*|[1-9](_?[0-9])*)", re.ASCII)
_DECIMAL = re.compile(r"[+-]?([0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)([eE][+-]?[0-9][0-9_]*)?", re.ASCII)
_SPECIAL = re.compile(r"[+-]?(inf|infinity)|nan", re.IGNORECASE | re.ASCII)
_HEXADECIMAL = re.compile(r"[+-]?0[xX]([0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?[0-9]+", re.ASCII)
_BOOLEANS = {text: text[0] in "1tT" for text in ("1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False")}


class NumError(ValueError):
    """Text that strconv refuses; prints as Go's *strconv.NumError."""

    def __init__(self, function: str, text: str, problem: str = "invalid syntax"):
        super().__init__(f"strconv.{function}: parsing {quote(text)}: {problem}")


def quote(text: str) -> str:
    """strconv.Quote: surrogates stand for bytes that are not UTF-8."""
    if _PLAIN.fullmatch(text):
        return f'"{text}"'
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    code = ord(char)
    if char in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[char]
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if char == " " or char.isprintable():
        return char
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def parse_int(text: str, bits: int, base: int = 0) -> int:
    """strconv.ParseInt: with base 0 the prefixes 0x, 0b, 0o and 0 count and `_` may stand between digits."""
    return _parse_integer("ParseInt", text, base, -(1 << bits - 1), (1 << bits - 1) - 1)


def parse_uint(text: str, bits: int) -> int:
    """strconv.ParseUint with base 0; takes no sign."""
    if text[:1] in ("+", "-"):
        raise NumError("ParseUint", text)
    return _parse_integer("ParseUint", text, 0, 0, (1 << bits) - 1)


def _parse_integer(function: str, text: str, base: int, low: int, high: int) -> int:
    pattern = _INTEGER if base == 0 else _DIGITS
    if not pattern.fullmatch(text):
        raise NumError(function, text)
    value = _with_prefix(text.replace("_", "")) if base == 0 else int(text)
    if not low <= value <= high:
        raise NumError(function, text, "value out of range")
    return value


_DIGITS = re.compile(r"[+-]?[0-9]+", re.ASCII)


def _with_prefix(text: str) -> int:
    digits = text.lstrip("+-")
    is_octal = len(digits) > 1 and digits[0] == "0" and digits[1].isdigit()
    return int(text, 8) if is_octal else int(text, 0)


def parse_bool(text: str) -> bool:
    """strconv.ParseBool."""
    if text not in _BOOLEANS:
        raise NumError("ParseBool", text)
    return _BOOLEANS[text]


def parse_float(text: str, bits: int = 64) -> float:
    """strconv.ParseFloat; a finite text beyond the type's range is an error."""
    if _SPECIAL.fullmatch(text):
        return float(text)
    if _DECIMAL.fullmatch(text) and not re.search(r"_(?![0-9])|(?<![0-9])_", text):
        value = float(text)
    elif _HEXADECIMAL.fullmatch(text):
        value = _hexadecimal(text)
    else:
        raise NumError("ParseFloat", text)
    value = float32(value) if bits == 32 else value
    if value in (float("inf"), float("-inf")):
        raise NumError("ParseFloat", text, "value out of range")
    return value


def _hexadecimal(text: str) -> float:
    try:
        return float.fromhex(text)
    except OverflowError:
        return float("inf")


def float32(value: float) -> float:
    """The nearest 32-bit float; infinite where it is too large for one."""
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def shortest_float32(value: float) -> float:
    """The 32-bit float next to `value`, as the 64-bit one that prints with the fewest digits Go needs for it."""
    single = float32(value)
    if single != single or single in (float("inf"), float("-inf")):
        return single
    candidates = (float(f"{single:.{digits}g}") for digits in range(1, 10))
    return next(candidate for candidate in candidates if float32(candidate) == single)
