"""Where a database keeps its state: TinyDB's `Storage`, which also takes the changes of one commit instead of everything."""
from __future__ import annotations

from abc import abstractmethod
from typing import Any, Mapping, Sequence

from tinydb.storages import Storage

from fakedet.store.state import Change, State


class StateStorage(Storage):
    """A storage that holds the state in memory and is told of each commit. `notices`: what it had to repair when it opened."""

    def __init__(self) -> None:
        self.state = State()
        self.notices: list[str] = []

    @abstractmethod
    def append(self, changes: Sequence[Change], sequences: Mapping[str, int]) -> None:
        """Keep one commit, which is in `state` already. If this raises, the commit is undone."""

    @abstractmethod
    def replace(self, state: State) -> None:
        """Keep `state` instead of everything so far."""

    def tidy(self) -> None:
        """Work that is due after a commit."""

    def read(self) -> dict[str, dict[str, Any]]:
        """TinyDB's whole document."""
        return self.state.as_documents()

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Keep TinyDB's whole document instead of everything so far. Before a Database is opened on this storage, not after."""
        self.replace(State.of_documents(data))


class MemoryStorage(StateStorage):
    """Nothing outlives the process."""

    def append(self, changes: Sequence[Change], sequences: Mapping[str, int]) -> None:
        """The state is in memory already."""

    def replace(self, state: State) -> None:
        """Hold `state` from now on."""
        self.state = state
