"""What can go wrong in the store. Each text says what was found, what was expected and what to do."""
from __future__ import annotations

from pathlib import Path


class StoreError(Exception):
    """Any trouble with tables or with the folder that keeps them."""


class NoSuchRow(StoreError, KeyError):
    """A row was to be changed that is not there."""

    def __init__(self, table: str, row_id: int):
        super().__init__(f"{table} has no row {row_id}.")

    __str__ = Exception.__str__


class Unstorable(StoreError):
    """A row holds something that JSON cannot."""


class DirectoryUnwritable(StoreError):
    """The folder cannot be made or written to."""

    def __init__(self, directory: Path, cause: OSError):
        super().__init__(f"Cannot keep data in {directory}: {cause.strerror or cause}. Give another folder, or make this one writable.")


class DirectoryInUse(StoreError):
    """Another process owns the folder; `pid` is its number (None if unknown)."""

    def __init__(self, directory: Path, pid: int | None):
        owner = f"process {pid}" if pid else "another process"
        super().__init__(f"{directory} is in use by {owner}. Stop that process, or give another folder.")
        self.pid = pid


class Damaged(StoreError):
    """A file of the store is broken where a crash cannot have broken it."""

    def __init__(self, path: Path, where: str):
        super().__init__(f"{path} is damaged: {where}. Bring the folder back from a copy, or move it away to begin anew.")


class UnknownFormat(StoreError):
    """The files were written in a format that this version does not know."""

    def __init__(self, path: Path, found: object, known: int):
        super().__init__(f"{path} has format {found!r}; this version reads format {known}. Use the version of fakedet that wrote it.")
