"""The folder of one run of a task: the files of its user, unpacked, and what the harness reads of the cluster (harness: _info.py).

A container begins with nothing of the run before; so does this folder: `info/`, `workdir/` (where the entrypoint runs) and
`train/model/` (the copy that goes into checkpoints).
"""
from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any, Iterable, Mapping

from fakedet.domain.go_tar import SYMLINK, Entry

WORK, MODEL, INFO = "workdir", "train/model", "info"


def new_folder() -> Path:
    """An empty one."""
    return Path(tempfile.mkdtemp(prefix="fakedet-task-"))


def fill(folder: Path, entries: Iterable[Entry], info: Mapping[str, Mapping[str, Any]]) -> None:
    """Put the user's files and the info files by name into it."""
    for name in (WORK, MODEL, INFO):
        (folder / name).mkdir(parents=True)
    for entry in entries:
        _unpack(folder / WORK, entry)
        _unpack(folder / MODEL, entry)
    for name, content in info.items():
        (folder / INFO / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")


def _unpack(root: Path, entry: Entry) -> None:
    place = Path(os.path.normpath(root / entry.path.lstrip("/")))
    if place == root or not place.is_relative_to(root):
        return
    if entry.is_folder:
        place.mkdir(parents=True, exist_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    if entry.kind == SYMLINK:
        place.symlink_to(entry.content.decode())
        return
    place.write_bytes(entry.content)
    place.chmod(entry.mode & 0o777 | 0o600)
