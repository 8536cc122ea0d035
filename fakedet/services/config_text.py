"""Reads the YAML text of a config as the master does: go-yaml v2 into JSON (ghodss/yaml).

That dialect has YAML 1.1 booleans (`on`, `y`, `no`, as keys too), octal and underscored numbers, dates as texts, the
last of equal keys, merge keys in order of appearance, and passes every number through a double.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from fakedet.domain.config.problems import as_sent, go_quote, number_text
from fakedet.services.config_scalars import ConfigTextError, key_text, scalar_value

# The C parser words its errors as the master's; the one in Python reads the same texts and words some errors differently.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_UP_TO_SLASH = re.compile(r'[^"]*"(?:[^\\]|\\[^/])*?(?=\\/)', re.DOTALL)
#: Integers from here on are unsigned to Go.
_UNSIGNED = 2**63


@dataclass(eq=False)
class _Node:
    """A parsed node: a scalar's text, a sequence's items, or a mapping's keys and values in turn; an alias is its anchor's node."""

    kind: str
    text: str = ""
    tag: str = ""
    plain: bool = False
    items: tuple[_Node, ...] = ()
    target: _Node | None = None


def read_config_text(text: str) -> Any:
    """The first document of a YAML text as JSON data."""
    try:
        node = _first_document(text)
        return None if node is None else as_sent(_jsonable(_value(node, ())))
    except RecursionError:
        raise ConfigTextError("yaml: exceeded max depth of 10000") from None


def _first_document(text: str) -> _Node | None:
    try:
        events: Any = yaml.parse(text, Loader=_LOADER)
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                _check_version(event)
                node = _node(next(events), events, {}, text)
                next(events)  # what follows a scalar may show that it is none
                return node
        return None
    except yaml.reader.ReaderError:
        raise ConfigTextError("yaml: control characters are not allowed") from None
    except yaml.MarkedYAMLError as error:
        raise ConfigTextError(f"yaml: {_where(error)}{error.problem}") from None


def _check_version(start: Any) -> None:
    if start.version not in (None, (1, 1)):
        line = f"line {start.start_mark.line}: " if start.start_mark.line else ""
        raise ConfigTextError(f"yaml: {line}found incompatible YAML document")


def _check_escapes(event: Any, text: str) -> None:
    """go-yaml does not know the escape of a slash, which came with YAML 1.2."""
    known = _UP_TO_SLASH.match(text, event.start_mark.index, event.end_mark.index) if event.style == '"' else None
    if known:
        line = event.start_mark.line + known.group().count("\n")
        raise ConfigTextError(f"yaml: {f'line {line + 1}: ' if line else ''}found unknown escape character")


def _where(error: yaml.MarkedYAMLError) -> str:
    """The line as go-yaml counts it: from 1 for scanner errors, from 0 for the parser's; the first line goes unnamed."""
    line = error.problem_mark.line if error.problem_mark else 0
    if line and isinstance(error, yaml.scanner.ScannerError):
        line += 1
    if not line and error.context_mark:
        line = error.context_mark.line
    return f"line {line}: " if line else ""


def _node(event: Any, events: Iterator[yaml.Event], anchors: dict[str, _Node], text: str) -> _Node:
    if isinstance(event, yaml.AliasEvent):
        if event.anchor not in anchors:
            raise ConfigTextError(f"yaml: unknown anchor '{event.anchor}' referenced")
        return _Node("alias", text=event.anchor, target=anchors[event.anchor])
    if isinstance(event, yaml.ScalarEvent):
        _check_escapes(event, text)
        node = _Node("scalar", event.value, event.tag or "", event.implicit[0])
    else:
        node = _Node("sequence" if isinstance(event, yaml.SequenceStartEvent) else "mapping")
    if event.anchor is not None:
        anchors[event.anchor] = node
    if not isinstance(event, yaml.ScalarEvent):
        node.items = tuple(_items(events, anchors, text))
    return node


def _items(events: Iterator[yaml.Event], anchors: dict[str, _Node], text: str) -> Iterator[_Node]:
    for event in events:
        if isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            return
        yield _node(event, events, anchors, text)


def _value(node: _Node, following: tuple[_Node, ...]) -> Any:
    """The value of a node; `following` are the aliases being followed, so that none contains itself."""
    if node.kind == "scalar":
        return scalar_value(node.text, node.tag, node.plain)
    if node.kind == "sequence":
        return [_value(item, following) for item in node.items]
    if node.target is None:
        return _filled({}, node, following)
    if any(node is alias for alias in following):
        raise ConfigTextError(f"yaml: anchor '{node.text}' value contains itself")
    return _value(node.target, (*following, node))


def _filled(result: dict[str, Any], node: _Node, following: tuple[_Node, ...]) -> dict[str, Any]:
    """A mapping's entries put into `result` in their order, where `<<` puts those of the mappings it names."""
    for key, item in zip(node.items[::2], node.items[1::2], strict=True):
        if key.kind == "scalar" and key.text == "<<" and (key.plain or key.tag in ("!", "tag:yaml.org,2002:merge")):
            for mapping in _merged(item):
                _filled(result, mapping, following)
            continue
        name = _value(key, following)
        if isinstance(name, (dict, list)):
            raise ConfigTextError(f"yaml: invalid map key: {_go_syntax(name)}")
        result[name] = _value(item, following)
    return result


def _merged(node: _Node) -> list[_Node]:
    """The mappings a merge key stands for, weakest first."""
    mappings = [node] if node.kind != "sequence" else list(reversed(node.items))
    resolved = [mapping.target or mapping for mapping in mappings]
    if any(mapping.kind != "mapping" for mapping in resolved):
        raise ConfigTextError("yaml: map merge requires map or sequence of maps as the value")
    return resolved


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {_key(key, item): _jsonable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_jsonable(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise ConfigTextError(f"json: unsupported value: {_go_syntax(value)}")
    return value


def _key(key: Any, item: Any) -> str:
    if key is None:
        shown = "<nil>" if item is None else _go_syntax(item)
        raise ConfigTextError(f"Unsupported map key of type: %!s(<nil>), key: <nil>, value: {shown}")
    if isinstance(key, int) and key >= _UNSIGNED:
        raise ConfigTextError(f"Unsupported map key of type: uint64, key: {_go_syntax(key)}, value: {_go_syntax(item)}")
    return key_text(key)


def _go_syntax(value: Any) -> str:
    """A value as Go's %#v prints it."""
    if isinstance(value, dict):
        keys = sorted(value) if len({type(key) for key in value}) == 1 else value
        entries = ", ".join(f"{_go_syntax(key)}:{_go_syntax(value[key])}" for key in keys)
        return f"map[interface {{}}]interface {{}}{{{entries}}}"
    if isinstance(value, list):
        return f"[]interface {{}}{{{', '.join(map(_go_syntax, value))}}}"
    if value is None:
        return "interface {}(nil)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return go_quote(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    return hex(value) if isinstance(value, int) and value >= _UNSIGNED else number_text(value)
