"""The database of a world: TinyDB with declared tables, sequences, transactions and snapshots.

    db = Database(TABLES)
    with db.transaction():
        trial = db.trials.insert({"experiment_id": 1})
"""
from __future__ import annotations

import threading
from typing import Any, Callable, Mapping, Sequence

from tinydb import TinyDB

from fakedet.store.declaration import TableSchema
from fakedet.store.errors import StoreError
from fakedet.store.snapshot import Snapshot
from fakedet.store.state import Change, State
from fakedet.store.storage import MemoryStorage, StateStorage
from fakedet.store.table import IndexedTable
from fakedet.store.transaction import TransactionLog

Follower = Callable[[Sequence[Change]], None]
_UNDECLARED = TableSchema()


class Database(TinyDB):
    """The tables of `schema` as attributes, made when first used. `version` grows with each commit that changed a row.

    Every method may be called from any thread; a transaction keeps the other threads waiting.
    """

    def __init__(self, schema: Mapping[str, TableSchema], storage: StateStorage | None = None, *, lock: Any = None):
        opened = storage or MemoryStorage()
        super().__init__(storage=lambda: opened)
        self._schema = schema
        self._opened_tables: dict[str, IndexedTable] = {}
        self._followers: list[Follower] = []
        self.version = 0
        self.log = TransactionLog(lock or threading.RLock(), undo=self._undo, keep=opened.append, announce=self._announce)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{name}={len(rows)}" for name, rows in sorted(self._state.tables.items()) if rows)
        return f"<Database version={self.version} {sizes or 'empty'}>"

    def __bool__(self) -> bool:
        return True

    def __getattr__(self, name: str) -> IndexedTable:
        if name not in self.__dict__.get("_schema", ()):
            raise AttributeError(f"there is no table {name!r}; tables are declared in fakedet/store/schema.py")
        table = self.table(name)
        self.__dict__[name] = table
        return table

    def table(self, name: str, **_: Any) -> IndexedTable:
        """The table `name`; one that is not declared has no indexes."""
        with self.log.lock:
            if name not in self._opened_tables:
                table = self._opened_tables[name] = IndexedTable(self, name, self._schema.get(name, _UNDECLARED))
                table.load(self._state.rows(name))
            return self._opened_tables[name]

    def tables(self) -> set[str]:
        """The names of the tables that hold rows."""
        with self.log.lock:
            return {name for name, rows in self._state.tables.items() if rows}

    def drop_table(self, name: str) -> None:
        """Remove all rows of a table."""
        self.table(name).truncate()

    def drop_tables(self) -> None:
        """Remove all rows of all tables."""
        with self.transaction():
            for name in self.tables():
                self.drop_table(name)

    @property
    def notices(self) -> list[str]:
        """What the storage had to repair when it opened."""
        return self._opened_storage.notices

    def transaction(self) -> TransactionLog:
        """`with db.transaction():` commits everything in it together, or nothing if it raises."""
        return self.log

    def sequence(self, name: str) -> int:
        """The next number (from 1) of the sequence `name`. It never comes back, not even after a rollback."""
        with self.log:
            return self.draw(name)

    def draw(self, name: str) -> int:
        """The next number of a sequence, within a transaction."""
        sequences = self._opened_storage.state.sequences
        number = sequences[name] = sequences.get(name, 0) + 1
        self.log.drawn(name, number)
        return number

    def move_up(self, name: str, number: int) -> None:
        """Let a sequence go on after `number` if it has not come so far, within a transaction."""
        if number > self._state.sequences.get(name, 0):
            self._state.sequences[name] = number
            self.log.drawn(name, number)

    def follow(self, follower: Follower) -> Callable[[], None]:
        """Call `follower` with the changes of each commit from now on; returns what ends that."""
        self._followers.append(follower)
        return lambda: self._followers.remove(follower)

    def snapshot(self) -> Snapshot:
        """The state now. Costs next to nothing: rows are shared."""
        with self.log.lock:
            return Snapshot(self._state.copy())

    def restore(self, snapshot: Snapshot) -> None:
        """Every table and sequence as it was at `snapshot`."""
        with self.log.lock:
            if self.log.is_open:
                raise StoreError("A snapshot cannot be restored within a transaction.")
            before, after = self._state, snapshot.state.copy()
            self._opened_storage.replace(after)
            for name, table in self._opened_tables.items():
                table.load(after.rows(name))
            self._announce(list(before.differences(after)) if self._followers else ())

    def clone(self) -> "Database":
        """A database of its own, in memory, that begins with the state of this one."""
        other = Database(self._schema)
        other.restore(self.snapshot())
        return other

    @property
    def _opened_storage(self) -> StateStorage:
        return self._storage  # type: ignore[return-value]

    @property
    def _state(self) -> State:
        return self._opened_storage.state

    def _undo(self, change: Change) -> None:
        self._opened_tables[change.table].undo(change)

    def _announce(self, changes: Sequence[Change]) -> None:
        self.version += 1
        self._opened_storage.tidy()
        for follower in tuple(self._followers):
            follower(changes)
