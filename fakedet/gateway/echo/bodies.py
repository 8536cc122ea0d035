"""JSON bodies outside /api/v1, read into a Go struct: field names in any case, null and unknown fields left out."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain import go_json

#: The type of each field: str, bool, int, or the fields of a struct within.
Fields = Mapping[str, Any]


def read_struct(body: bytes, fields: Fields) -> dict[str, Any]:
    """The fields that the body sets; GoJsonError if it is no such object."""
    return _struct(go_json.unmarshal(body.decode("utf-8", "surrogateescape")), fields)


def _struct(value: Any, fields: Fields) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise go_json.GoJsonError(f"json: cannot unmarshal {go_json.kind(value)} into Go value")
    names = {**{name.lower(): name for name in fields}, **{name: name for name in fields}}
    known = ((names.get(key) or names.get(key.lower()), item) for key, item in value.items())
    return {name: _field(item, fields[name]) for name, item in known if name is not None and item is not None}


def _field(value: Any, kind: Any) -> Any:
    if isinstance(kind, Mapping):
        return _struct(value, kind)
    if kind is int and isinstance(value, go_json.Number) and value.text.lstrip("-").isdigit():
        return int(value.text)
    if not isinstance(value, kind):
        raise go_json.GoJsonError(f"json: cannot unmarshal {go_json.kind(value)} into Go struct field")
    return value
