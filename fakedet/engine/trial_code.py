"""What an experiment's model definition tells about its trial: the files that go into `code/`, and the trial class.

The code is parsed, never run.
"""
from __future__ import annotations

import ast
import base64
import functools
import io
import posixpath
import re
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_TRIAL_CLASS = re.compile(r"(?:^|\s)([A-Za-z_][\w.]*:[A-Za-z_][\w.]*)(?=\s|$)")


@dataclass(frozen=True)
class TrialCode:
    """The files of a model definition by path, and the first class in them that is a PyTorchTrial, as `module:Class`."""

    files: Mapping[str, bytes]
    pytorch_trial: str | None

    def mentions(self, word: bytes) -> bool:
        """Whether any Python file has the word."""
        return any(word in content for path, content in self.files.items() if path.endswith(".py"))


@functools.lru_cache(maxsize=16)
def trial_code(model_definition: str) -> TrialCode:
    """The code in a model definition: base64 of a tar.gz, or nothing."""
    files = dict(_unpacked(base64.b64decode(model_definition))) if model_definition else {}
    return TrialCode(files, next(_pytorch_trials(files), None))


def named_trial_class(config: Mapping[str, Any]) -> str | None:
    """The `module:Class` that the entrypoint of a config ends up with, if it names one."""
    entrypoint = config.get("entrypoint") or ""
    found = _TRIAL_CLASS.search(entrypoint if isinstance(entrypoint, str) else " ".join(map(str, entrypoint)))
    return found.group(1) if found else None


def _unpacked(archive: bytes) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:*") as opened:
        for entry in sorted(opened.getmembers(), key=lambda entry: entry.name):
            path = posixpath.normpath(entry.name)
            if path.startswith(("/", "..")) or path == ".":
                continue
            if entry.isdir():
                yield f"{path}/", b""
            elif (file := opened.extractfile(entry) if entry.isfile() else None) is not None:
                yield path, file.read()


def _pytorch_trials(files: Mapping[str, bytes]) -> Iterator[str]:
    for path, content in files.items():
        if path.endswith(".py"):
            module = path[: -len(".py")].replace("/", ".")
            yield from (f"{module}:{name}" for name in _classes_based_on("PyTorchTrial", content))


def _classes_based_on(base: str, content: bytes) -> Iterator[str]:
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError):
        return
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and any(_last_name(parent) == base for parent in node.bases):
            yield node.name


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
