"""What a Core API script saves: a few numbers as JSON, or the files that the config names in `data.fakedet.files`, each with its size.

`{"model.bin": 1000, "shards/0.bin": 65536, "empty/": 0}`; their bytes are random. `data.fakedet.metadata` goes with them.
"""
from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fakedet.engine.frameworks.parameters import parameter_values, random_bytes
from fakedet.storage.base import UnsafePath, checked_path

_PARAMETERS = 4
#: Of all files of a checkpoint.
MOST_BYTES = 256 << 20
_EXAMPLE = {"model.bin": 1000, "shards/0.bin": 65536}


def core_files(wishes: Mapping[str, Any], trial: Mapping[str, Any], step: int) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The files and the metadata of a script's checkpoint at `step`."""
    named = named_files(wishes)
    metadata = {**named_metadata(wishes), "steps_completed": step}
    if named is None:
        return {"model.json": _small_model(trial, step)}, metadata
    return {path: random_bytes((trial["seed"], path, step), size) for path, size in named.items()}, metadata


def named_files(wishes: Mapping[str, Any]) -> dict[str, int] | None:
    """Sizes by path, None if the config names no files; raises ValueError for what cannot be."""
    asked = wishes.get("files")
    if asked is None:
        return None
    if not isinstance(asked, dict) or not all(_is_size(path, size) for path, size in asked.items()):
        raise ValueError(f"data.fakedet.files is {asked!r}; it must be sizes by path, like {_EXAMPLE}.")
    if sum(asked.values()) > MOST_BYTES:
        raise ValueError(f"data.fakedet.files has too many bytes; at most {MOST_BYTES:,} are written.")
    return asked


def named_metadata(wishes: Mapping[str, Any]) -> dict[str, Any]:
    """What the config wants to be told with each checkpoint; raises ValueError for what is no object."""
    asked = wishes.get("metadata") or {}
    if not isinstance(asked, dict):
        raise ValueError(f"data.fakedet.metadata is {asked!r}; it must be an object.")
    return asked


def _is_size(path: str, size: Any) -> bool:
    try:
        checked_path(path)
    except UnsafePath:
        return False
    return type(size) is int and (size == 0 if path.endswith("/") else size >= 0) and path != "metadata.json"


def _small_model(trial: Mapping[str, Any], step: int) -> bytes:
    weights = list(parameter_values((trial["seed"],), _PARAMETERS, step))
    return json.dumps({"steps_completed": step, "hparams": trial["hparams"], "weights": weights}, indent=2).encode()
