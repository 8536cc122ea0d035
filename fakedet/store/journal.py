"""The storage of `serve --data DIR`: each commit is a framed line in a journal, handed to the operating system before it returns.

Folder: `state.jsonl` (a whole state), `journal.jsonl` (the commits since), `lock`, `torn-off` (what the last repair removed).
A start reads the state and repeats the journal.
When the journal has outgrown the state, the state is written anew and the journal begins again. A line that a crash has torn off
at the end is cut off with a notice; damage anywhere else is an error.
"""
from __future__ import annotations

import contextlib
import gc
import os
from pathlib import Path
from typing import Any, Iterator, Literal, Mapping, Sequence

from fakedet.store.commits import apply_commit, commit_document
from fakedet.store.errors import Damaged, DirectoryUnwritable, StoreError
from fakedet.store.frames import framed, unframed
from fakedet.store.lockfile import DirectoryLock
from fakedet.store.state import Change, State
from fakedet.store.state_file import StateFile, read_state, write_state
from fakedet.store.storage import StateStorage

SMALL_JOURNAL = 4 * 1024 * 1024


class JournalStorage(StateStorage):
    """Keeps the state in `directory`, which belongs to this process until `close`.

    fsync: "never" (a commit survives the death of the process) or "always" (also that of the machine; slower).
    small: the size in bytes below which a journal is not worth compacting.
    """

    def __init__(self, directory: Path, *, fsync: Literal["never", "always"] = "never", small: int = SMALL_JOURNAL):
        super().__init__()
        self._directory, self._fsync, self._small = Path(directory), fsync, small
        self._state_path, self._journal_path = self._directory / "state.jsonl", self._directory / "journal.jsonl"
        self._commit = self._size = self._state_size = 0  # number of the last commit; bytes of the journal and of the state
        self._lock = DirectoryLock(self._directory)
        try:
            self._open()
        except BaseException:
            self._lock.release()
            raise

    def append(self, changes: Sequence[Change], sequences: Mapping[str, int]) -> None:
        """Write one commit behind the others."""
        self._check_open()
        line = framed(commit_document(self._commit + 1, changes, sequences))
        size, commit = self._size, self._commit
        try:
            self._write(line)
            self._size, self._commit = size + len(line), commit + 1
        except BaseException as error:
            self._size, self._commit = size, commit
            self._take_back()
            if isinstance(error, OSError):
                raise StoreError(f"Cannot write to {self._journal_path}: {error.strerror or error}. Nothing was changed.") from error
            raise

    def tidy(self) -> None:
        """Compact when the journal has outgrown the state. If that fails, the journal goes on and says so."""
        if self._size <= max(self._small, 2 * self._state_size):
            return
        try:
            self.compact()
        except StoreError as error:
            self._small *= 2
            self.notices.append(str(error))

    def replace(self, state: State) -> None:
        """Write `state` in place of all that was."""
        self._check_open()
        self._write_state(state, self._commit + 1)
        self.state = state

    def compact(self) -> None:
        """Write the whole state and begin a new journal."""
        self._check_open()
        self._write_state(self.state, self._commit)

    def close(self) -> None:
        """Give the folder back."""
        if not self._journal.closed:
            self._journal.close()
            self._lock.release()

    def _open(self) -> None:
        try:
            with _no_garbage_collection():
                self.state, self._commit = self._last_state()
                self._state_size = self._state_path.stat().st_size
                self._replay()
            self._journal = open(self._journal_path, "ab", buffering=0)  # noqa: SIM115 closed by `close`
        except OSError as error:
            raise DirectoryUnwritable(self._directory, error) from error

    def _last_state(self) -> StateFile:
        if self._state_path.exists():
            return read_state(self._state_path)
        if self._journal_path.exists():
            raise Damaged(self._state_path, "it is missing, though there is a journal")
        write_state(self._state_path, State())
        return StateFile(State(), 0)

    def _replay(self) -> None:
        if not self._journal_path.exists():
            return
        for end, document in _whole_lines(self._journal_path):
            self._repeat(document)
            self._size = end
        if self._journal_path.stat().st_size > self._size:
            self._cut_off_torn_end()

    def _cut_off_torn_end(self) -> None:
        with open(self._journal_path, "r+b") as journal:
            journal.seek(self._size)
            torn = journal.read()
            aside = self._directory / "torn-off"
            aside.write_bytes(torn)
            journal.truncate(self._size)
        self.notices.append(f"{self._journal_path} ended in {len(torn)} bytes of an interrupted commit; they were moved to {aside.name}.")

    def _repeat(self, document: dict[str, Any]) -> None:
        number = document["commit"]
        if number > self._commit + 1:
            raise Damaged(self._journal_path, f"commit {self._commit + 1} is missing before commit {number}")
        if number == self._commit + 1:  # earlier ones are in the state: a crash came between writing it and emptying the journal
            apply_commit(self.state, document)
            self._commit = number

    def _write(self, line: bytes) -> None:
        written = self._journal.write(line)
        while written < len(line):
            written += self._journal.write(line[written:])
        if self._fsync == "always":
            os.fsync(self._journal.fileno())

    def _take_back(self) -> None:
        """Remove what was written of the last line; if that fails, nothing may be written behind it."""
        try:
            self._journal.truncate(self._size)
        except OSError:
            self.close()

    def _write_state(self, state: State, commit: int) -> None:
        try:
            write_state(self._state_path, state, commit)
            self._commit = commit  # from here on the journal's commits are old ones
            self._journal.truncate(0)
            self._size, self._state_size = 0, self._state_path.stat().st_size
        except OSError as error:
            raise StoreError(f"Cannot write {self._state_path}: {error.strerror or error}.") from error

    def _check_open(self) -> None:
        if self._journal.closed:
            raise StoreError(f"{self._directory} is closed; nothing more can be kept in it.")


@contextlib.contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Reading makes nothing but rows that stay: looking for garbage among them again and again takes a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _whole_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The documents of the lines up to a torn end, each with the offset where its line ends.

    Raises Damaged if whole lines follow a broken one.
    """
    end, broken = 0, 0
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            document = unframed(line)
            if document is None:
                broken = broken or number
            elif broken:
                raise Damaged(path, f"line {broken} is not what was written, and whole lines follow it")
            else:
                end += len(line)
                yield end, document
