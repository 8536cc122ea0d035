"""Loads what fakedet and the real client load late, for tests that take the file system away (pyfakefs's `fs`).

In a fake file system our data files are not to be found, and modules that are first imported there are dropped after the test.
"""
from __future__ import annotations

import functools
import importlib
import pkgutil
from typing import Iterable

#: The fixtures of pyfakefs.
FAKE_FILE_SYSTEMS = frozenset({"fs", "fs_class", "fs_module", "fs_session"})
#: Packages whose modules are imported when first used; those for other processes are left out.
LATE = ("fakedet.domain", "fakedet.engine", "fakedet.gateway", "fakedet.services", "fakedet.storage", "fakedet.store")
#: What has a client of its own to import, or is no part of a test.
ELSEWHERE = ("fakedet.engine.local", "fakedet.storage.embedded_s3")


def takes_the_files_away(fixtures: Iterable[str]) -> bool:
    """Whether a test with these fixtures runs in a fake file system."""
    return not FAKE_FILE_SYSTEMS.isdisjoint(fixtures)


@functools.cache
def warm_up() -> None:
    """Import all of it, once a process."""
    from fakedet import spec

    importlib.import_module("fakedet.testing.process")
    for name in LATE:
        _import_all(name)
    spec.rpcs()
    _warm_up_client()


def _import_all(name: str) -> None:
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        if not module.name.startswith(ELSEWHERE):
            importlib.import_module(module.name)


def _warm_up_client() -> None:
    """What the SDK imports while it answers, where it is installed."""
    try:
        from determined import experimental, util  # noqa: F401
        from determined.common.storage import shared  # noqa: F401
    except ImportError:
        return
    util.json_encode({})
