"""One owner per folder: a lock file with the owner's process number.

The operating system holds the lock (fcntl, or msvcrt on Windows) and drops it when the process dies, so nothing can be left behind.
Where a file system has no locks, the process number decides.
"""
from __future__ import annotations

import contextlib
import errno
import os
from io import FileIO
from pathlib import Path

from fakedet.store.errors import DirectoryInUse, DirectoryUnwritable

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]
try:
    import msvcrt
except ImportError:  # everywhere else
    msvcrt = None  # type: ignore[assignment]

_TAKEN = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
_BEYOND_THE_TEXT = 1 << 30  # Windows lets nobody else read a locked byte


class DirectoryLock:
    """The ownership of `directory`, which is made if it is not there. Raises DirectoryInUse or DirectoryUnwritable."""

    def __init__(self, directory: Path):
        self._file = _opened(directory)
        try:
            self._take(directory)
        except BaseException:
            self._file.close()
            raise

    def release(self) -> None:
        """Let others have the folder."""
        with contextlib.suppress(OSError):  # the folder may be gone by now
            self._file.truncate(0)
        self._file.close()

    def _take(self, directory: Path) -> None:
        owner = _owner(self._file)
        if not _locked(self._file, owner):
            raise DirectoryInUse(directory, owner)
        self._file.truncate(0)
        self._file.write(b"%d\n" % os.getpid())


def _opened(directory: Path) -> FileIO:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        return open(directory / "lock", "a+b", buffering=0)
    except OSError as error:
        raise DirectoryUnwritable(directory, error) from error


def _owner(file: FileIO) -> int | None:
    file.seek(0)
    text = file.read(32).strip()
    return int(text) if text.isdigit() else None


def _locked(file: FileIO, owner: int | None) -> bool:
    try:
        if fcntl is not None:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if msvcrt is not None:
            file.seek(_BEYOND_THE_TEXT)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            return True
    except OSError as error:
        if error.errno in _TAKEN:
            return False
    return not _lives(owner)


def _lives(process: int | None) -> bool:
    if process is None or process == os.getpid():  # in containers every process may have the same number
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is somebody else's
        return True
    return True
