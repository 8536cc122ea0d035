"""The uploaded context of an experiment: stored as a tar.gz in base64, read back whole, as a tree, file by file.

Mirrors the master's pkg/archive and internal/cache. `size` is what the master's own compressor makes of the archive, which is stored
as zlib compresses it; archives beyond EXACT_UP_TO bytes show the size that zlib gives them.
"""
from __future__ import annotations

import base64
import functools
import gzip
import posixpath
from pathlib import PurePosixPath
from typing import Any, Iterable, Mapping

from fakedet.domain import go_tar
from fakedet.domain.errors import Internal
from fakedet.domain.go_deflate import gzip_size
from fakedet.domain.go_sniff import content_type
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.registry import rpc

EXACT_UP_TO = 256 * 1024
#: Where the master lays archives out to read files from them, and their top there.
CACHE, TOP = "/var/cache/determined/exp_model_def", "."


@rpc("GetModelDef")
def get_model_def(call: Call, request: Any) -> dict[str, Any]:
    """The whole archive."""
    return {"b64_tgz": finding.experiment(call.db, request.experiment_id)["model_definition"]}


@rpc("GetModelDefTree")
def get_model_def_tree(call: Call, request: Any) -> dict[str, Any]:
    """Files and folders, nested."""
    return {"files": _tree(_laid_out(finding.experiment(call.db, request.experiment_id)))}


@rpc("GetModelDefFile")
def get_model_def_file(call: Call, request: Any) -> dict[str, Any]:
    """The content of one file."""
    return {"file": file_content(finding.experiment(call.db, request.experiment_id), request.path)}


def packed(files: Iterable[Any]) -> str:
    """The files of a request as base64 of a tar.gz; nothing for none."""
    files = list(files)
    if not files:
        return ""
    try:
        archive = b"".join(go_tar.written(map(_entry, files)))
    except go_tar.TarError as error:
        raise Internal(f"unable to find compress model definition: {error}") from None
    return base64.b64encode(gzip.compress(archive, mtime=0)).decode()


def size(definition: str) -> int:
    """Bytes of the archive as the master stores it."""
    if not definition:
        return 0
    compressed = base64.b64decode(definition)
    archive = gzip.decompress(compressed)
    return _exact_size(archive) if len(archive) <= EXACT_UP_TO else len(compressed)


@functools.lru_cache(maxsize=32)
def _exact_size(archive: bytes) -> int:
    return gzip_size(go_tar.written(go_tar.read(archive)))


def file_content(experiment: Mapping[str, Any], path: str) -> bytes:
    """The bytes of one file of the experiment's context."""
    found = [entry.content for entry in _laid_out(experiment) if entry.path == path and not entry.is_folder]
    if not found:
        raise Internal("file does not exist")
    return found[-1]


def _entry(file: Any) -> go_tar.Entry:
    return go_tar.Entry(file.path, bytes([file.type & 0xFF]), file.content, mode=file.mode, mtime=file.mtime, uid=file.uid, gid=file.gid)


def entries(experiment: Mapping[str, Any]) -> list[go_tar.Entry]:
    """What is in the context's archive; nothing in it may lead out of it."""
    found = list(go_tar.read(gzip.decompress(base64.b64decode(experiment["model_definition"]))))
    for entry in found:
        if _place(entry).startswith(".."):
            raise Internal(f"{entry.path} is not a valid path")
    return found


def _laid_out(experiment: Mapping[str, Any]) -> list[go_tar.Entry]:
    """The entries, if they can be laid out as files; no archive at all cannot."""
    if not experiment["model_definition"]:
        raise Internal("EOF")
    found, folders = entries(experiment), {TOP}
    for entry in found:
        _lay_out(entry, folders, f"{CACHE}/{experiment['id']}")
    return found


def _lay_out(entry: go_tar.Entry, folders: set[str], place: str) -> None:
    """The master writes the entries to files in its cache; folders that are no entries are missing there."""
    path = _place(entry)
    if entry.is_folder:
        folders.update(str(folder) for folder in (PurePosixPath(path), *PurePosixPath(path).parents))
    elif path in folders:
        raise Internal(f"open {posixpath.normpath(f'{place}/{path}')}: is a directory")
    elif (posixpath.dirname(path) or TOP) not in folders:
        raise Internal(f"open {place}/{path}: no such file or directory")


def _place(entry: go_tar.Entry) -> str:
    return posixpath.normpath(posixpath.join(TOP, entry.path.lstrip("/")))


def _tree(entries: Iterable[go_tar.Entry]) -> list[dict[str, Any]]:
    top: list[dict[str, Any]] = []
    for entry in entries:
        _put(top, entry.path.split("/"), _node(entry))
    return top


def _put(level: list[dict[str, Any]], names: list[str], node: dict[str, Any]) -> None:
    """Under the folders that its path names; where one is missing, there."""
    found = next((other for other in level if other["name"] == names[0]), None)
    if found is None:
        level.append(node)
    elif names[1:]:
        _put(found["files"], names[1:], node)


def _node(entry: go_tar.Entry) -> dict[str, Any]:
    return {"path": entry.path, "name": posixpath.basename(entry.path.rstrip("/")), "modified_time": entry.mtime * 1_000_000,
            "content_length": len(entry.content), "is_dir": entry.is_folder, "content_type": content_type(entry.content), "files": []}
