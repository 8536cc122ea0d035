"""A moment of a database that can be brought back, in memory or from a file.

The file is one framed line that says what follows (format, sequences, how many rows each table has), then framed lines of rows.
"""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fakedet.store.state import State


@dataclass(frozen=True)
class Snapshot:
    """The rows of all tables and the sequences at one moment. It shares its rows with the database and never changes."""

    state: State

    def __repr__(self) -> str:
        return f"<Snapshot of {sum(map(len, self.state.tables.values()))} rows>"

    def save(self, path: Path) -> None:
        """Write to a file, which is replaced as a whole."""
        from fakedet.store.state_file import write_state

        write_state(path, self.state)

    @classmethod
    def load(cls, path: Path) -> "Snapshot":
        """Read what `save` wrote."""
        from fakedet.store.state_file import read_state

        return cls(read_state(path).state)
