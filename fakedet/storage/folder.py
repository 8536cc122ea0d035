"""Checkpoint files in folders of this machine, as tasks, clients and the master find them: `<folder>/<uuid>/<path>`.

Links are followed only while they stay within the checkpoint; one that leads out is as good as absent.
"""
from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from fakedet.storage.base import CHUNK, CheckpointStorage, FilesMissing, Listing, Member, StorageRefused, UnsafePath


class FolderStorage(CheckpointStorage):
    """Checkpoints in `folder`, or in `mount` if it is there: the place where a shared file system is mounted inside containers."""

    def __init__(self, folder: str, mount: str = ""):
        # The master reads relative paths from the root of its file system; tasks from wherever they run, so nothing is written there.
        self._writable = os.path.isabs(folder)
        self.folder = os.path.normpath("/" + folder.lstrip("/"))
        self._mount = mount

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.folder}>"

    def _exists(self, uuid: str) -> bool:
        return os.path.isdir(self._root(uuid))

    def _list(self, uuid: str) -> Listing:
        root, found = self._existing_root(uuid), {}
        for here, directories, files in os.walk(root):
            below = os.path.relpath(here, root)
            for name in directories:
                found[_joined(below, name) + "/"] = 0
            for name in files:
                if _stays_within(root, os.path.join(here, name)):
                    found[_joined(below, name)] = os.path.getsize(os.path.join(here, name))
        return found

    def _members(self, uuid: str) -> list[Member]:
        files = (item for item in self._list(uuid).items() if not item[0].endswith("/"))
        in_walk_order = sorted(files, key=lambda item: item[0].split("/"))
        return [Member(path, size, partial(self._read, uuid, path)) for path, size in in_walk_order]

    def _read(self, uuid: str, path: str) -> Iterator[bytes]:
        place = self._place(self._root(uuid), path)
        if not os.path.isfile(place):
            raise FilesMissing(f"open {place}: no such file or directory")
        return _chunks(place)

    def _write(self, uuid: str, path: str, chunks: Iterable[bytes]) -> None:
        if not self._writable:
            raise StorageRefused(f"The storage path {self.folder[1:]!r} is relative; tasks cannot write to it. Give an absolute path.")
        place = self._place(os.path.join(self.folder, uuid), path)
        if path.endswith("/"):
            os.makedirs(place, exist_ok=True)
            return
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.writelines(chunks)

    def _remove(self, uuid: str, before: Mapping[str, int], after: Mapping[str, int]) -> None:
        root = self._root(uuid)
        if not after:
            shutil.rmtree(root)
            return
        for path in sorted(before.keys() - after.keys(), reverse=True):
            place = os.path.join(root, path)
            if not path.endswith("/") or os.path.islink(place.rstrip("/")):
                os.remove(place.rstrip("/"))
            else:
                shutil.rmtree(place)

    def shut(self, uuid: str) -> Callable[[], None]:
        """Nobody but root, whom no file system keeps out, reads the folder."""
        root = self._existing_root(uuid)
        mode = os.stat(root).st_mode
        os.chmod(root, 0)
        return partial(_set_mode, root, mode)

    def _denial(self, uuid: str) -> str:
        return f"open {self._root(uuid)}: permission denied"

    def _root(self, uuid: str) -> str:
        """The folder of a checkpoint: where it is, else where the master would look."""
        own = os.path.join(self.folder, uuid)
        mounted = os.path.join(self._mount, uuid) if self._mount and os.path.exists(self._mount) else own
        root = own if os.path.lexists(own) else mounted
        if os.path.islink(root):
            raise UnsafePath(f"{root} is a link; the files of a checkpoint must be in a folder of their own.")
        return root

    def _existing_root(self, uuid: str) -> str:
        root = self._root(uuid)
        if not os.path.isdir(root):
            raise FilesMissing(f"lstat {root}/: no such file or directory")
        return root

    def _place(self, root: str, path: str) -> str:
        place = os.path.join(root, path)
        if os.path.islink(root) or not _stays_within(root, place):
            raise UnsafePath(f"{place} leads out of the checkpoint's folder.")
        return place


def _set_mode(place: str, mode: int) -> None:
    if os.path.exists(place):
        os.chmod(place, mode)


def _joined(below: str, name: str) -> str:
    return name if below == "." else f"{below}/{name}"


def _stays_within(root: str, place: str) -> bool:
    """Whether a place is inside root once all links are followed."""
    real_root, real_place = os.path.realpath(root), os.path.realpath(place)
    return real_place.startswith(real_root + "/")


def _chunks(place: str) -> Iterator[bytes]:
    with open(place, "rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
