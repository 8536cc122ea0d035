"""Which RPC a request under /api/v1 reaches, as grpc-gateway 1.16 behind the master's echo server decides it.

First declared wins, one trailing slash is dropped, percent-encoding is undone once before the path is split at its slashes,
and a colon in the last segment starts a verb (no route has one).
"""
from __future__ import annotations

import functools
import re
from typing import Mapping, NamedTuple, Union
from urllib.parse import unquote_to_bytes

from fakedet.spec import Rpc, rpcs

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_FORM = "application/x-www-form-urlencoded"
#: Routes of one method: a tree whose branches are literal segments or VARIABLE; a leaf is under LEAF.
_Tree = dict[str, Union["_Tree", "_Leaf"]]
VARIABLE, LEAF = "{}", "{leaf}"


class BadPath(Exception):
    """The path has a broken percent-escape; Go's HTTP server refuses it before anything else."""


class Match(NamedTuple):
    """An RPC with the texts of its path's variables. `form_body`: the body is a form and counts as query."""

    rpc: Rpc
    path_params: dict[str, str]
    form_body: bool = False


class _Leaf(NamedTuple):
    order: int
    rpc: Rpc
    variables: tuple[str, ...]


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
    tree = _forest().get(method)
    leaf = _walk(tree, segments, 0) if tree else None
    if leaf is None:
        return None
    variables = iter(leaf.variables)
    values = zip(_template(leaf.rpc), segments)
    return Match(leaf.rpc, {next(variables): value for part, value in values if part == VARIABLE})


def _walk(tree: _Tree, segments: list[str], depth: int) -> _Leaf | None:
    if depth == len(segments):
        return tree.get(LEAF)  # type: ignore[return-value]
    branches = [tree[name] for name in (segments[depth], VARIABLE) if name in tree and name != LEAF]
    leaves = [leaf for branch in branches if (leaf := _walk(branch, segments, depth + 1))]  # type: ignore[arg-type]
    return min(leaves, default=None)


@functools.cache
def _forest() -> dict[str, _Tree]:
    """A tree of routes per method, in the order in which a form falls back to them."""
    forest: dict[str, _Tree] = {"GET": {}}
    for order, rpc in enumerate(rpcs()):
        tree = forest.setdefault(rpc.method, {})
        for part in _template(rpc):
            tree = tree.setdefault(part, {})  # type: ignore[assignment]
        tree.setdefault(LEAF, _Leaf(order, rpc, tuple(re.findall(r"\{(.*?)\}", rpc.path))))
    return forest


@functools.cache
def _template(rpc: Rpc) -> tuple[str, ...]:
    return tuple(VARIABLE if part.startswith("{") else part for part in rpc.path.split("/")[1:])
