"""The hyperparameters of a run as searches find them (master: db.BuildRunHParams)."""
from __future__ import annotations

from typing import Any, Iterator, Mapping

from fakedet.domain.filters import Leaf
from fakedet.domain.go_json_text import marshal


def index_of(hparams: Mapping[str, Any] | None) -> dict[str, list[Leaf]]:
    """Name -> its leaves. Of nested names only the last two parts are kept, as the master does: `a.b.c` is found as `b.c`."""
    index: dict[str, list[Leaf]] = {}
    for name, leaf in _leaves(hparams or {}, ""):
        index.setdefault(name, []).append(leaf)
    return index


def _leaves(hparams: Mapping[str, Any], parent: str) -> Iterator[tuple[str, Leaf]]:
    for name, value in hparams.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{name}.")
        else:
            yield parent + name, _leaf(value)


def _leaf(value: Any) -> Leaf:
    if isinstance(value, bool):
        return Leaf("boolean", value)
    if isinstance(value, (int, float)):
        return Leaf("number", value)
    return Leaf("text", value if isinstance(value, str) else marshal(value))
