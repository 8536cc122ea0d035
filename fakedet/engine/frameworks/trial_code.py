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
    """The files of a model definition by path."""

    files: Mapping[str, bytes]

    def trial_class(self, base: str) -> str | None:
        """The first class that is based on `base` (`PyTorchTrial`, `TFKerasTrial`), as `module:Class`."""
        return next(_classes_of(self.files, base), None)

    def mentions(self, word: bytes) -> bool:
        """Whether any Python file has the word."""
        return any(word in content for path, content in self.files.items() if path.endswith(".py"))


@functools.lru_cache(maxsize=16)
def trial_code(model_definition: str) -> TrialCode:
    """The code in a model definition: base64 of a tar.gz, or nothing."""
    return TrialCode(dict(_unpacked(base64.b64decode(model_definition))) if model_definition else {})


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


def _classes_of(files: Mapping[str, bytes], base: str) -> Iterator[str]:
    for path, content in files.items():
        if path.endswith(".py"):
            module = path[: -len(".py")].replace("/", ".")
            yield from (f"{module}:{name}" for name in _classes_based_on(base, content))


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
