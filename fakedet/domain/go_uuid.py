"""Uuids as Go's google/uuid reads them: canonical, 32 digits, in braces, as a URN, in either case."""
from __future__ import annotations

import re

_DASHED = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_BARE = re.compile(r"[0-9a-f]{32}")
_URN = "urn:uuid:"


class BadUuid(ValueError):
    """A text that is no uuid; the message is Go's."""


def parse_uuid(text: str) -> str:
    """The uuid in canonical form; raises BadUuid.

    >>> parse_uuid("{BBBBBBBB-0000-4000-8000-000000000001}")
    'bbbbbbbb-0000-4000-8000-000000000001'
    """
    length = len(text.encode("utf-8", "surrogatepass"))
    lowered = _unwrapped(text, length).lower()
    if length == 32 and _BARE.fullmatch(lowered):
        return "-".join((lowered[:8], lowered[8:12], lowered[12:16], lowered[16:20], lowered[20:]))
    if length == 32 or not _DASHED.fullmatch(lowered):
        raise BadUuid("invalid UUID format")
    return lowered


def _unwrapped(text: str, length: int) -> str:
    """The text without what may stand around it; the first and last characters of 38 count as braces, whatever they are."""
    if length == 38:
        return text[1:-1]
    if length == 36 + len(_URN):
        if text[:len(_URN)].lower() != _URN:
            raise BadUuid(f'invalid urn prefix: "{text[:len(_URN)]}"')
        return text[len(_URN):]
    if length not in (32, 36):
        raise BadUuid(f"invalid UUID length: {length}")
    return text
