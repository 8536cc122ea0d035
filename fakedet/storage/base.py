"""What every place for checkpoint files can do, and what may be asked of it.

Mirrors the client's storage managers (listing with directories as "name/": 0, deletion by globs) and the reading side of
the master's download route. Backends add only how bytes are kept; names are checked here, before any backend sees them.
"""
from __future__ import annotations

import abc
import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Union

from fakedet.storage.damage import Damage
from fakedet.storage.globs import survivors

CHUNK = 1 << 20
Listing = dict[str, int]
Content = Union[bytes, Iterable[bytes]]
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class StorageError(Exception):
    """Something about checkpoint files that cannot be done; the text says what and why."""


class StorageRefused(StorageError):
    """A storage that cannot be opened at all: a type that is not served, a place that cannot be, an endpoint that does not answer."""


class FilesMissing(StorageError):
    """There are no such files in the storage."""


class AccessDenied(StorageError):
    """The storage lets nobody at these files."""


class UnsafePath(StorageError):
    """A name that would lead out of the checkpoint's own folder."""


@dataclass(frozen=True)
class Member:
    """One file of a checkpoint as it goes into an archive: `open` starts reading it."""

    path: str
    size: int
    open: Callable[[], Iterator[bytes]]


Members = list[Member]


class CheckpointStorage(abc.ABC):
    """Checkpoint files under one root: each checkpoint is a folder named by its uuid."""

    #: What is wrong with it on purpose.
    damage: Damage | None = None

    def list(self, uuid: str) -> Listing:
        """Files with their sizes, and directories as `name/` with 0; raises FilesMissing where there is no such checkpoint."""
        with _told():
            return dict(sorted(self._list(self._admitted(uuid)).items()))

    def members(self, uuid: str) -> Members:
        """The files that the master packs into an archive, in its order; raises FilesMissing as `list` does."""
        with _told():
            return self._members(self._admitted(uuid))

    def read(self, uuid: str, path: str) -> Iterator[bytes]:
        """The content of one file in chunks."""
        return self._read(self._admitted(uuid), checked_path(path))

    def write(self, uuid: str, path: str, content: Content = b"") -> None:
        """Keep a file; its directories come by themselves. A path that ends in `/` makes an empty directory."""
        chunks = (content,) if isinstance(content, bytes) else content
        with _told():
            self._write(self._admitted(uuid), checked_path(path), chunks)

    def overwrite(self, uuid: str, path: str, content: bytes) -> None:
        """Other content for a file that is there, behind the storage's back: checksums that it keeps stay as they were."""
        self.write(uuid, path, content)

    def shut(self, uuid: str) -> Callable[[], None]:
        """Keep everybody from the checkpoint's files, as far as `damage` cannot; returns what lets them in again."""
        return lambda: None

    def exists(self, uuid: str) -> bool:
        """Whether there is anything of that checkpoint."""
        return self._exists(self._admitted(uuid))

    def delete(self, uuid: str, globs: Iterable[str]) -> Listing:
        """Delete what matches any of the globs and tell what is left; no checkpoint, nothing left. `**/*` stands for everything.

        Directories go with all that is in them: the real task fails where a glob matches a directory and one inside it.
        """
        if not self.exists(uuid):
            return {}
        before = self.list(uuid)
        after = survivors(before, globs)
        with _told():
            self._remove(uuid, before, after)
        return after

    def _admitted(self, uuid: str) -> str:
        if self.damage is not None and not self.damage.admits(checked_uuid(uuid)):
            raise AccessDenied(self._denial(uuid))
        return checked_uuid(uuid)

    def _denial(self, uuid: str) -> str:
        """How access to a checkpoint is denied."""
        return f"open {uuid}: permission denied"

    @abc.abstractmethod
    def _list(self, uuid: str) -> Listing: ...

    @abc.abstractmethod
    def _members(self, uuid: str) -> Members: ...

    @abc.abstractmethod
    def _read(self, uuid: str, path: str) -> Iterator[bytes]: ...

    @abc.abstractmethod
    def _write(self, uuid: str, path: str, chunks: Iterable[bytes]) -> None: ...

    @abc.abstractmethod
    def _exists(self, uuid: str) -> bool: ...

    @abc.abstractmethod
    def _remove(self, uuid: str, before: Mapping[str, int], after: Mapping[str, int]) -> None:
        """Remove what is in `before` and not in `after`; all that there is if nothing is to stay."""


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What the operating system refuses (no permission, disk full, a file where a directory should be) becomes a StorageError."""
    try:
        yield
    except OSError as error:
        raise StorageError(str(error)) from error


def checked_uuid(uuid: str) -> str:
    """The uuid if it is one in canonical form, for it becomes the name of a folder; else raises UnsafePath."""
    if not _UUID.fullmatch(uuid):
        raise UnsafePath(f"{uuid!r} is not the uuid of a checkpoint.")
    return uuid


def checked_path(path: str) -> str:
    """The path if it names something inside a checkpoint's folder; else raises UnsafePath."""
    parts = path[:-1].split("/") if path.endswith("/") else path.split("/")
    if "\0" in path or any(part in ("", ".", "..") for part in parts):
        raise UnsafePath(f"{path!r} is not a path within a checkpoint; it must be relative, without '.', '..' and empty parts.")
    return path


def parents(path: str) -> Iterator[str]:
    """The directories above a path, outermost first: `a/b/c` has `a/` and `a/b/`."""
    parts = path.rstrip("/").split("/")[:-1]
    return ("/".join(parts[: depth + 1]) + "/" for depth in range(len(parts)))
