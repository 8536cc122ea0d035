"""The metadata of a run: what it may hold, and the flat index that searches read (master: internal/run/runs.go)."""
from __future__ import annotations

import re
from typing import Any, Iterator, Mapping, NamedTuple

from fakedet.domain.dates import parse_day, parse_month, span_of
from fakedet.domain.errors import Internal, InvalidArgument
from fakedet.domain.filters import Leaf
from fakedet.domain.go_json_text import marshal
from fakedet.domain.timestamps import GoTimeError, parse_time

LONGEST_TEXT, LONGEST_KEY, LONGEST_ARRAY, DEEPEST, MOST_LEAVES = 5000, 50, 100, 10, 1000
_EXCLUDED = re.compile(r"[$.\[\]]")
_LARGEST_INTEGER = 2**31


class Entry(NamedTuple):
    """A leaf under its keys joined by dots. Each element of an array is one; {}, [] and null are leaves of kind `null`."""

    key: str
    leaf: Leaf
    in_array: bool


def checked(metadata: Mapping[str, Any]) -> None:
    """Refuse what the master refuses; of several reasons it tells any one."""
    try:
        entries = _flattened(metadata)
    except InvalidArgument as error:
        raise InvalidArgument(f"error flattening metadata: {error.message}") from None
    if any(entry.leaf.kind == "integer" and not -_LARGEST_INTEGER <= entry.leaf.value < _LARGEST_INTEGER for entry in entries):
        raise Internal("ERROR: integer out of range (SQLSTATE 22003)")


def flattened(metadata: Mapping[str, Any] | None) -> list[Entry]:
    """The leaves of metadata that were checked when they were set."""
    return _flattened(metadata or {})


def index_of(metadata: Mapping[str, Any] | None) -> dict[str, list[Leaf]]:
    """Key -> its leaves."""
    index: dict[str, list[Leaf]] = {}
    for key, leaf, _ in flattened(metadata):
        index.setdefault(key, []).append(leaf)
    return index


def _flattened(metadata: Mapping[str, Any]) -> list[Entry]:
    entries: list[Entry] = []
    for name, value in metadata.items():
        for entry in _entries(name, name, value, depth=1):
            entries.append(entry)
            if len(entries) > MOST_LEAVES:
                raise InvalidArgument(f"request exceeds run metadata key count limit ofs {MOST_LEAVES}")
    return entries


def _entries(path: str, name: str, value: Any, *, depth: int, in_array: bool = False) -> Iterator[Entry]:
    _check_key(name, depth)
    if isinstance(value, dict) and value and not in_array:
        for inner, item in value.items():
            yield from _entries(f"{path}.{inner}" if path else inner, inner, item, depth=depth + 1)
    elif isinstance(value, list) and value:
        if len(value) > LONGEST_ARRAY:
            raise InvalidArgument(f"metadata array exceeds maximum length of {len(value)}/{LONGEST_ARRAY} elements")
        for item in value:
            yield from _entries(path, name, item, depth=depth + 1, in_array=True)
    else:
        yield Entry(path, _leaf(value), isinstance(value, list) or (in_array and value != {}))


def _check_key(name: str, depth: int) -> None:
    if depth > DEEPEST:
        raise InvalidArgument(f"metadata exceeds maximum nesting depth of {DEEPEST}")
    if len(name.encode("utf-8", "surrogateescape")) > LONGEST_KEY:
        raise InvalidArgument(f"metadata key exceeds maximum length of {LONGEST_KEY} characters")
    if _EXCLUDED.search(name):
        raise InvalidArgument("metadata keys can not contain the following character(s):  $ . [ ]")


def _leaf(value: Any) -> Leaf:
    if isinstance(value, bool):
        return Leaf("boolean", value)
    if isinstance(value, (int, float)):
        return Leaf("integer", int(value)) if value == int(value) and -(2**63) <= value < 2**63 else Leaf("float", value)
    if isinstance(value, str):
        return _text_leaf(value)
    return Leaf("text", marshal(value)) if value else Leaf("null", None)


def _text_leaf(text: str) -> Leaf:
    moment = _moment(text)
    if moment is not None:
        return Leaf("timestamp", moment)
    if len(text.encode("utf-8", "surrogateescape")) > LONGEST_TEXT:
        raise InvalidArgument(f"metadata value exceeds maximum length of {LONGEST_TEXT} characters")
    return Leaf("text", text)


def _moment(text: str) -> int | None:
    """The time that a text names: a timestamp, a day or a month."""
    if not text[:4].isdigit():
        return None
    for parse in (parse_time, lambda text: span_of(parse_day(text))[0], lambda text: span_of(parse_month(text))[0]):
        try:
            return parse(text)
        except GoTimeError:
            continue
    return None
