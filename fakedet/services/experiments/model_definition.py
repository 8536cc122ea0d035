"""The uploaded context of an experiment: stored as a tar.gz in base64, read back whole, as a tree, file by file (master: api_experiment.go)."""
from __future__ import annotations

import base64
import gzip
import io
import mimetypes
import tarfile
from typing import Any, Iterable, Mapping

from fakedet.domain.errors import NotFound
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.registry import rpc

TEXT = "text/plain; charset=utf-8"


@rpc("GetModelDef")
def get_model_def(call: Call, request: Any) -> dict[str, Any]:
    """The whole archive."""
    return {"b64_tgz": finding.experiment(call.db, request.experiment_id)["model_definition"]}


@rpc("GetModelDefTree")
def get_model_def_tree(call: Call, request: Any) -> dict[str, Any]:
    """Files and folders, nested."""
    return {"files": _tree(_members(finding.experiment(call.db, request.experiment_id)))}


@rpc("GetModelDefFile")
def get_model_def_file(call: Call, request: Any) -> dict[str, Any]:
    """The content of one file."""
    experiment = finding.experiment(call.db, request.experiment_id)
    content = file_content(experiment, request.path)
    if content is None:
        raise NotFound(f"file '{request.path}' not found")
    return {"file": content}


def packed(files: Iterable[Any]) -> str:
    """The files of a request as base64 of a tar.gz; nothing for none."""
    files = list(files)
    if not files:
        return ""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for file in files:
            archive.addfile(_entry(file), io.BytesIO(file.content))
    return base64.b64encode(gzip.compress(buffer.getvalue(), mtime=0)).decode()


def size(definition: str) -> int:
    """Bytes of the archive."""
    return len(base64.b64decode(definition))


def file_content(experiment: Mapping[str, Any], path: str) -> bytes | None:
    """The bytes of one file of the experiment's context, None if there is no such file."""
    with _opened(experiment) as archive:
        found = next((member for member in archive if member.name == path and member.isfile()), None)
        content = archive.extractfile(found) if found else None
        return content.read() if content else None


def _entry(file: Any) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(file.path)
    entry.type = bytes([file.type or 48])
    entry.mode, entry.mtime, entry.uid, entry.gid = file.mode, file.mtime, file.uid, file.gid
    entry.size = len(file.content) if entry.isfile() else 0
    if entry.issym():
        entry.linkname = file.content.decode()
    return entry


def _opened(experiment: Mapping[str, Any]) -> tarfile.TarFile:
    data = base64.b64decode(experiment["model_definition"]) or gzip.compress(b"\0" * 1024)
    return tarfile.open(fileobj=io.BytesIO(data), mode="r:gz")


def _members(experiment: Mapping[str, Any]) -> list[tarfile.TarInfo]:
    with _opened(experiment) as archive:
        return archive.getmembers()


def _tree(members: Iterable[tarfile.TarInfo]) -> list[dict[str, Any]]:
    nodes: dict[str, dict[str, Any]] = {}
    top: list[dict[str, Any]] = []
    for member in members:
        path = member.name.strip("/")
        parent, _, name = path.rpartition("/")
        nodes[path] = _node(member, path, name)
        (nodes[parent]["files"] if parent in nodes else top).append(nodes[path])
    return top


def _node(member: tarfile.TarInfo, path: str, name: str) -> dict[str, Any]:
    kind = "" if member.isdir() else mimetypes.guess_type(name)[0] or TEXT
    return {"path": path, "name": name, "modified_time": int(member.mtime) * 1_000_000, "content_length": member.size,
            "is_dir": member.isdir(), "content_type": kind, "files": []}
