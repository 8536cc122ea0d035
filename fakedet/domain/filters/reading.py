"""A filter's JSON as the master decodes it: Go structs, field names in any case, with the decoder's errors."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from fakedet.domain.errors import Internal
from fakedet.domain.go_json import GoJsonError, Number, kind, unmarshal


@dataclass(frozen=True)
class Node:
    """A group or a field of a filter; None for what is absent or null."""

    kind: str = ""
    children: tuple["Node | None", ...] = ()
    conjunction: str | None = None
    operator: str | None = None
    value: Any = None
    column_name: str = ""
    location: str | None = None
    type: str | None = None


#: Fields that hold a text: their name in Go and its type there.
_TEXTS = {
    "kind": ("Kind", "internal.filterType"),
    "conjunction": ("Conjunction", "internal.filterConjunction"),
    "operator": ("Operator", "internal.operator"),
    "columnname": ("ColumnName", "string"),
    "location": ("Location", "string"),
    "type": ("Type", "string"),
}


def read_root(text: str) -> tuple[Node, bool]:
    """The filter's outermost node, and whether archived rows are shown."""
    try:
        document = unmarshal(text)
    except GoJsonError as error:
        raise Internal(str(error)) from None
    if document is None:
        return Node(), False
    if not isinstance(document, dict):
        raise Internal(f"json: cannot unmarshal {kind(document)} into Go value of type internal.experimentFilterRoot")
    fields = _folded(document)
    group, shown = fields.get("filtergroup"), fields.get("showarchived")
    node = _node(group, "FilterGroup", "experimentFilterRoot")
    if shown is not None and not isinstance(shown, bool):
        raise _mismatch(shown, "experimentFilterRoot.ShowArchived", "bool")
    return node, bool(shown)


def _node(document: Any, path: str, owner: str) -> Node:
    if document is None:
        return Node()
    if not isinstance(document, dict):
        raise _mismatch(document, f"{owner}.{path}", "internal.experimentFilter")
    fields = _folded(document)
    texts = {name: _text(fields.get(name), path, name) for name in _TEXTS}
    return Node(
        kind=texts["kind"] or "",
        children=_children(fields.get("children"), f"{path}.Children"),
        conjunction=texts["conjunction"],
        operator=texts["operator"],
        value=_plain(fields.get("value")),
        column_name=texts["columnname"] or "",
        location=texts["location"],
        type=texts["type"],
    )


def _children(document: Any, path: str) -> tuple[Node | None, ...]:
    if document is None:
        return ()
    if not isinstance(document, list):
        raise _mismatch(document, f"experimentFilter.{path}", "[]*internal.experimentFilter")
    return tuple(None if child is None else _node(child, path, "experimentFilter") for child in document)


def _text(value: Any, path: str, name: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    field, type_name = _TEXTS[name]
    raise _mismatch(value, f"experimentFilter.{path}.{field}", type_name)


def _mismatch(value: Any, field: str, type_name: str) -> Internal:
    return Internal(f"json: cannot unmarshal {kind(value)} into Go struct field {field} of type {type_name}")


def _folded(document: Mapping[str, Any]) -> dict[str, Any]:
    return {key.lower(): value for key, value in document.items()}


def _plain(value: Any) -> Any:
    """Numbers as floats, everywhere inside."""
    if isinstance(value, Number):
        return float(value.text)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
