"""Checkpoint files in memory: for worlds that must not touch the disk.

Stands in for shared_fs and directory under whatever path the config names, so clients get such files through the master's download.
Clients that upload write to the path itself, which must then be a folder that is there; the world's default is none on purpose.
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from fakedet.storage.base import CheckpointStorage, FilesMissing, Listing, Member, parents

#: (folder, uuid) -> path -> content; directories are paths that end in "/"
Files = dict[tuple[str, str], dict[str, bytes]]


class MemoryStorage(CheckpointStorage):
    """Checkpoints that only this process sees, in `files`, as if they were in `folder`.

    What others (the real client) have written to that folder is seen too: `beneath` is where it would be found.
    """

    def __init__(self, folder: str = "/", files: Files | None = None, beneath: CheckpointStorage | None = None):
        self.folder = folder
        self._files: Files = {} if files is None else files
        self._beneath = beneath

    def __repr__(self) -> str:
        return f"<MemoryStorage {self.folder} checkpoints={len(self._files)}>"

    def _exists(self, uuid: str) -> bool:
        return (self.folder, uuid) in self._files or self._of_others(uuid) is not None

    def _list(self, uuid: str) -> Listing:
        others = self._of_others(uuid)
        if others is not None:
            return others.list(uuid)
        return {path: len(content) for path, content in self._checkpoint(uuid).items()}

    def _members(self, uuid: str) -> list[Member]:
        others = self._of_others(uuid)
        if others is not None:
            return others.members(uuid)
        files = (item for item in self._checkpoint(uuid).items() if not item[0].endswith("/"))
        in_walk_order = sorted(files, key=lambda item: item[0].split("/"))
        return [Member(path, len(content), partial(self._read, uuid, path)) for path, content in in_walk_order]

    def _read(self, uuid: str, path: str) -> Iterator[bytes]:
        others = self._of_others(uuid)
        if others is not None:
            return others.read(uuid, path)
        content = self._checkpoint(uuid).get(path)
        if content is None or path.endswith("/"):
            raise FilesMissing(f"open {self.folder.rstrip('/')}/{uuid}/{path}: no such file or directory")
        return iter((content,))

    def _write(self, uuid: str, path: str, chunks: Iterable[bytes]) -> None:
        kept = self._files.setdefault((self.folder, uuid), {})
        kept.update((directory, b"") for directory in parents(path))
        kept[path] = b"".join(chunks)

    def _remove(self, uuid: str, before: Mapping[str, int], after: Mapping[str, int]) -> None:
        others = self._of_others(uuid)
        if others is not None:
            return others._remove(uuid, before, after)
        kept = {path: content for path, content in self._checkpoint(uuid).items() if path in after}
        if kept:
            self._files[self.folder, uuid] = kept
        else:
            del self._files[self.folder, uuid]
        return None

    def _denial(self, uuid: str) -> str:
        return f"open {self.folder.rstrip('/')}/{uuid}: permission denied"

    def _of_others(self, uuid: str) -> CheckpointStorage | None:
        """Where the checkpoint is if it is not in memory."""
        if (self.folder, uuid) in self._files or self._beneath is None or not self._beneath.exists(uuid):
            return None
        return self._beneath

    def _checkpoint(self, uuid: str) -> dict[str, bytes]:
        try:
            return self._files[self.folder, uuid]
        except KeyError:
            raise FilesMissing(f"lstat {self.folder.rstrip('/')}/{uuid}/: no such file or directory") from None
