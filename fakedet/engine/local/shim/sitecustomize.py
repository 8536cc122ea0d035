"""Lets several trials run on one machine: `determined` looks for its files in the folder FAKEDET_RUN_FOLDER instead of /run/determined.

Every Python process of a local task loads this at its start. Nothing is imported early: each module of `determined` is changed right
after it was loaded. Beside the places of files two things: shared_fs storage is used where it is (there is no container to mount it
in), and without TensorFlow and torch there are no TensorBoard files instead of no trial. Another sitecustomize is loaded as well.
"""
from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from types import ModuleType
from typing import Any, Callable, Mapping, Sequence

FOLDER = os.environ.get("FAKEDET_RUN_FOLDER", "")


def _info_files(module: Any) -> None:
    files = {"ClusterInfo": "cluster", "TrialInfo": "trial", "RendezvousInfo": "rendezvous", "ResourcesInfo": "resources"}
    for name, file in files.items():
        kind, place = getattr(module, name), (os.path.join(FOLDER, "info", file + ".json"),)
        kind._to_file.__defaults__ = kind._from_file.__func__.__defaults__ = place


def _folders(module: Any) -> None:
    module.MANAGED_TRAINING_MODEL_COPY = os.path.join(FOLDER, "train", "model")
    module.CONTAINER_STDOUT = os.path.join(FOLDER, "train", "logs", "stdout.log")
    module.CONTAINER_STDERR = os.path.join(FOLDER, "train", "logs", "stderr.log")


def _shared_fs(module: Any) -> None:
    module.SHARED_FS_CONTAINER_PATH = None


def _metric_writer(module: Any) -> None:
    real = module.get_metric_writer
    module.get_metric_writer = lambda: real() if _can_write_events() else None


def _can_write_events() -> bool:
    """Whether what the harness tries is installed; torch alone takes seconds to load and is of no use for this."""
    return any(all(map(importlib.util.find_spec, needed)) for needed in (("tensorflow",), ("torch", "tensorboard")))


CHANGES: Mapping[str, Callable[[Any], None]] = {
    "determined._info": _info_files, "determined.constants": _folders, "determined.common.constants": _shared_fs,
    "determined.tensorboard.base": _metric_writer}


class ChangedLoader(importlib.abc.Loader):
    """Loads a module as its own loader does, and changes it then."""

    def __init__(self, loader: Any, change: Callable[[Any], None]):
        self._loader, self._change = loader, change

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        """As its own loader does."""
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """As its own loader does; then the change."""
        self._loader.exec_module(module)
        self._change(module)


class Changes(importlib.abc.MetaPathFinder):
    """Finds the modules that are to be changed."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> importlib.machinery.ModuleSpec | None:
        """Where the module is, with a loader that changes it."""
        change = CHANGES.get(fullname)
        spec = importlib.machinery.PathFinder.find_spec(fullname, path) if change else None
        if spec is not None and change is not None:
            spec.loader = ChangedLoader(spec.loader, change)
        return spec


def _load_the_other_one() -> None:
    """The sitecustomize that this one hides."""
    here = os.path.dirname(os.path.abspath(__file__))
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", [place for place in sys.path if os.path.abspath(place) != here])
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


if FOLDER:
    sys.meta_path.insert(0, Changes())
_load_the_other_one()
