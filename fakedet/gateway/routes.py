"""Which RPC a request under /api/v1 reaches, as grpc-gateway 1.16 behind the master's echo server decides it.

First declared wins, one trailing slash is dropped, percent-encoding is undone once before the path is split at its slashes,
and a colon in the last segment starts a verb (no route has one).
"""
from __future__ import annotations

import functools
import re
from typing import Mapping, NamedTuple
from urllib.parse import unquote_to_bytes

from fakedet.spec import Rpc, rpcs

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_FORM = "application/x-www-form-urlencoded"


class BadPath(Exception):
    """The path has a broken percent-escape; Go's HTTP server refuses it before anything else."""


class Match(NamedTuple):
    """An RPC with the texts of its path's variables. `form_body`: the body is a form and counts as query."""

    rpc: Rpc
    path_params: dict[str, str]
    form_body: bool = False


class _Leaf(NamedTuple):
    """A route: its place in the declared order, and at which segments its path variables are."""

    order: int
    rpc: Rpc
    variables: tuple[tuple[int, str], ...]


class _Node:
    """The routes that begin alike: by next literal segment, by any segment, and the one that ends here."""

    __slots__ = ("literals", "variable", "leaf")

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        self.variable: _Node | None = None
        self.leaf: _Leaf | None = None

    def below(self, part: str) -> "_Node":
        """The node after one more segment of a route's template, made if need be."""
        if not part.startswith("{"):
            return self.literals.setdefault(part, _Node())
        self.variable = self.variable or _Node()
        return self.variable


def match(method: str, raw_path: str, headers: Mapping[str, str]) -> Match | None:
    """The RPC that `raw_path` names, None if there is none; raises BadPath."""
    segments = _segments(decoded(raw_path))
    if segments is None:
        return None
    as_form = method == "POST" and headers.get("content-type") == _FORM
    if as_form and headers.get("x-http-method-override"):
        return _find(headers["x-http-method-override"].upper(), segments)
    found = _find(method, segments)
    if found is None and as_form:
        return _any_method(segments)
    return found


def decoded(raw_path: str) -> str:
    """The path without percent-escapes; bytes that are not UTF-8 become surrogates."""
    if not raw_path.isascii():
        raw_path = raw_path.encode("utf-8", "surrogateescape").decode("latin-1")
    elif "%" not in raw_path:
        return raw_path
    if _BAD_ESCAPE.search(raw_path):
        raise BadPath(raw_path)
    return unquote_to_bytes(raw_path.encode("latin-1")).decode("utf-8", "surrogateescape")


def _segments(path: str) -> list[str] | None:
    """The segments of a path; None where a verb makes every route miss."""
    segments = path.removesuffix("/").split("/")[1:]
    last, colon, verb = segments[-1].rpartition(":") if segments else ("", "", "")
    if not colon:
        return segments
    segments[-1] = last
    return segments if last and not verb else None


def _any_method(segments: list[str]) -> Match | None:
    """The gateway's fallback for long queries: a form reaches the route of another method (the real one picks at random)."""
    for method in _forest():
        found = _find(method, segments)
        if found is not None:
            return found._replace(form_body=True)
    return None


def _find(method: str, segments: list[str]) -> Match | None:
    root = _forest().get(method)
    leaf = _walk(root, segments, 0) if root else None
    return Match(leaf.rpc, {name: segments[place] for place, name in leaf.variables}) if leaf else None


def _walk(node: _Node, segments: list[str], depth: int) -> _Leaf | None:
    """The first declared of the routes that fit."""
    if depth == len(segments):
        return node.leaf
    literal = node.literals.get(segments[depth])
    found = _walk(literal, segments, depth + 1) if literal else None
    other = _walk(node.variable, segments, depth + 1) if node.variable else None
    return min(found, other) if found and other else found or other


@functools.cache
def _forest() -> dict[str, _Node]:
    """A tree of routes per method, in the order in which a form falls back to them."""
    forest = {"GET": _Node()}
    for order, rpc in enumerate(rpcs()):
        parts = rpc.path.split("/")[1:]
        node = functools.reduce(_Node.below, parts, forest.setdefault(rpc.method, _Node()))
        variables = tuple((place, part[1:-1]) for place, part in enumerate(parts) if part.startswith("{"))
        node.leaf = node.leaf or _Leaf(order, rpc, variables)
    return forest
