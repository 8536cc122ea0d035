"""The API of the master as data: every RPC, message and enum of release 0.38.1.

Loaded once, on first use; the classes describing messages are built one by one as they are asked for.
"""
from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping

RELEASE = "0.38.1"
#: Well-known types that stand for a scalar that may be unset.
WRAPPED = {"google.protobuf.BoolValue": "bool", "google.protobuf.Int32Value": "int32",
           "google.protobuf.DoubleValue": "double", "google.protobuf.StringValue": "string"}


@dataclass(frozen=True)
class Rpc:
    """One operation and its HTTP route. `body` is "" (no body), "*" (the whole request) or the name of a request field."""

    name: str
    method: str
    path: str
    body: str
    server_stream: bool
    request: str
    response: str


@dataclass(frozen=True)
class Field:
    """One field of a message: its proto and JSON names, the full name of its type, and how it says that it is unset."""

    name: str
    json: str
    type: str
    repeated: bool = False
    optional: bool = False
    oneof: str = ""

    @property
    def omitted(self) -> bool:
        """Whether the key is left out of replies when unset (explicit presence)."""
        return self.optional or bool(self.oneof)


@functools.cache
def rpcs() -> tuple[Rpc, ...]:
    """All RPCs in the order of their declaration."""
    return tuple(_rpc(entry) for entry in _document()["rpcs"])


@functools.cache
def rpc(name: str) -> Rpc:
    """The RPC of that name."""
    return next(found for found in rpcs() if found.name == name)


@functools.cache
def fields(message: str) -> tuple[Field, ...]:
    """The fields of a message in the order of their declaration."""
    return tuple(Field(**entry) for entry in _document()["messages"][message]["fields"])


def messages() -> tuple[str, ...]:
    """Full names of all messages, without the entry types of maps."""
    return tuple(name for name, entry in _document()["messages"].items() if "map_entry" not in entry)


def is_map(field: Field) -> bool:
    """Whether the field is a map; its type is then a message with the fields `key` (always a string) and `value`."""
    return field.repeated and "map_entry" in _document()["messages"].get(field.type, ())


def enum(name: str) -> Mapping[str, int] | None:
    """Names and numbers of an enum; None if there is no enum of that name."""
    found: Mapping[str, int] | None = _document()["enums"].get(name)
    return found


@functools.cache
def enum_names(name: str) -> Mapping[int, str]:
    """The name of each number of an enum; of several the one declared first."""
    return {number: label for label, number in reversed(list((enum(name) or {}).items()))}


def _rpc(entry: dict[str, Any]) -> Rpc:
    (route,) = entry["http"]
    return Rpc(entry["rpc"], route["method"], route["path"], route["body"],
               entry["server_stream"], entry["request"], entry["response"])


@functools.cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(Path(__file__).with_name(f"api_{RELEASE}.json").read_bytes())
    return document
