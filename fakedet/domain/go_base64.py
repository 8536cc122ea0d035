"""Bytes as base64 text, read as Go reads it (encoding/base64, the standard alphabet with padding)."""
from __future__ import annotations

import base64
import re

_SYMBOLS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
_LINE_BREAKS = b"\r\n"
_WHOLE = re.compile(rb"[\r\n]*(?:(?:[A-Za-z0-9+/][\r\n]*){4})*"
                    rb"(?:(?:[A-Za-z0-9+/][\r\n]*){2}=[\r\n]*=[\r\n]*|(?:[A-Za-z0-9+/][\r\n]*){3}=[\r\n]*)?")


class CorruptInput(ValueError):
    """The text is no base64; the message is Go's."""

    def __init__(self, place: int):
        super().__init__(f"illegal base64 data at input byte {place}")


def decode(text: str) -> bytes:
    """The bytes; line breaks are skipped, anything else is refused at its place.

    >>> decode("aGk=")
    b'hi'
    """
    data = text.encode("utf-8", "surrogateescape")
    whole = _WHOLE.match(data)
    assert whole is not None
    if whole.end() < len(data):
        raise CorruptInput(_first_bad(data, whole.end(), ends_padded=b"=" in whole.group()))
    return base64.b64decode(data)


def _first_bad(data: bytes, start: int, *, ends_padded: bool) -> int:
    """Where the four symbols that begin at `start` go wrong."""
    if ends_padded:
        return start
    symbols = 0
    for place in range(start, len(data)):
        if data[place] in _SYMBOLS:
            symbols += 1
        elif data[place] == ord("=") and symbols == 2:
            return _after_one_padding(data, place + 1)
        elif data[place] not in _LINE_BREAKS:
            return place
    return len(data) - symbols


def _after_one_padding(data: bytes, place: int) -> int:
    """Of two that are needed: Go points at the byte before the one that it finds instead."""
    while place < len(data) and data[place] in _LINE_BREAKS:
        place += 1
    return len(data) if place == len(data) else place - 1
