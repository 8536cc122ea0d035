"""One isolated cluster: its tables, its checkpoint files, its clock, its ids, its engine, the journal of what was asked.

A world costs well under a millisecond: the rows that every cluster begins with are made once a process and cloned.
"""
from __future__ import annotations

import functools
import shutil
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from fakedet.engine.clock import ManualClock, clock_for
from fakedet.engine.ids import Ids
from fakedet.exchanges import Exchanges
from fakedet.settings import Settings
from fakedet.storage.select import Storages
from fakedet.store import Database
from fakedet.store.schema import TABLES

if TYPE_CHECKING:
    from fakedet.engine.engine import Engine
    from fakedet.engine.shipper import Shipper
    from fakedet.gateway.server import Server
    from fakedet.store.snapshot import Snapshot

Own = TypeVar("Own")


class World:
    """A whole cluster in memory, or kept in the folder `directory`.

    `lock` guards everything in it; `changed` is notified after each commit. `name` is its place behind the port (`/w/<name>`), empty for the first.
    """

    def __init__(self, settings: Settings | None = None, *, name: str = "", directory: Path | None = None):
        self.settings = settings or Settings()
        self.name = name
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.closed = False
        #: Errors that nobody planned, from requests and from the engine; the test fixture fails on them.
        self.failures: list[Exception] = []
        self.clock: ManualClock = clock_for(self.settings.pace)
        self.exchanges = Exchanges()
        #: What services have computed from the tables and keep up to date, by the class that does so.
        self._derived: dict[Callable[[World], Any], Any] = {}
        self.directory = directory
        self._own_folder: Path | None = None
        self._server: "Server | None" = None
        self.db = _opened(directory, self.lock)
        self.ids = Ids(self.settings.seed, functools.partial(self.db.sequence, "ids"))
        if self.db.users.tally() == 0:
            self.db.restore(_beginning(self.settings.agents, self.settings.slots))
        self.clock.move_to(self._last_moment())
        if directory is not None and self.db.webhook_events.tally():  # the master stopped before they were sent
            self.shipper.wake()

    def __repr__(self) -> str:
        return f"<World {self.name or '/'} experiments={self.db.experiments.tally()} trials={self.db.trials.tally()}>"

    @functools.cached_property
    def engine(self) -> "Engine":
        """What makes trials run in this world."""
        from fakedet.engine.engine import Engine

        return Engine(self)

    @functools.cached_property
    def shipper(self) -> "Shipper":
        """What sends events to webhooks."""
        from fakedet.engine.shipper import Shipper

        return Shipper(self)

    @functools.cached_property
    def storage_root(self) -> Path:
        """The folder of the checkpoint files of experiments that name no storage of their own."""
        if self.settings.storage_path:
            return Path(self.settings.storage_path).absolute()
        if self.directory is not None:
            return self.directory.absolute() / "checkpoints"
        self._own_folder = Path(tempfile.mkdtemp(prefix="fakedet-"))
        return self._own_folder

    @functools.cached_property
    def storages(self) -> Storages:
        """Where checkpoint files are."""
        return Storages(self.settings.storage, lambda: self.storage_root, self.directory and self.directory / "s3")

    @functools.cached_property
    def url(self) -> str:
        """Where processes of this machine reach the world: at a port of its own."""
        from fakedet.gateway.server import Server
        from fakedet.gateway.worlds import Worlds

        self._server = Server(Worlds(self))
        return self._server.url

    def the(self, kind: Callable[[World], Own]) -> Own:
        """The one of its kind in this world, made when first asked for: what services compute from the tables and keep up to date."""
        if kind not in self._derived:
            self._derived[kind] = kind(self)
        own: Own = self._derived[kind]
        return own

    def now(self) -> int:
        """The world's time in microseconds since the epoch."""
        return self.clock.now()

    def notify(self) -> None:
        """Tell those who wait that something has changed."""
        with self.lock:
            self.changed.notify_all()

    def wait_for_change(self, timeout: float) -> None:
        """Give the lock away until something changes or `timeout` real seconds have passed."""
        with self.lock:
            self.changed.wait(timeout)

    def snapshot(self) -> "Snapshot":
        """The state of all tables now; `restore` brings it back, with the files of the checkpoints."""
        from fakedet.services.checkpoints.keeping import KeptFiles

        with self.lock:
            taken = self.db.snapshot()
            self.the(KeptFiles).cover(taken)
            return taken

    def restore(self, snapshot: "Snapshot") -> None:
        """Every table as it was at `snapshot`, one of this world; files that its checkpoints have lost since are there again."""
        from fakedet.services.checkpoints.keeping import KeptFiles

        with self.lock:
            self.db.restore(snapshot)
            self.the(KeptFiles).put_back()
            self.notify()

    def clone(self) -> "World":
        """A world of its own, in memory, that begins as this one is now: its tables, its time, copies of its checkpoint files."""
        from fakedet.services.checkpoints.cloning import copy_files

        other = World(replace(self.settings, storage_path=""))
        with self.lock:
            other.db.restore(self.db.snapshot())
            other.clock.move_to(self.now())
            copy_files(self, other)
        return other

    def close(self) -> None:
        """Stop what runs, release the folder, remove the files that only this world had."""
        with self.lock:
            if self.closed:
                return
            self.closed = True
            ending = self.engine.stop() if "engine" in self.__dict__ else ()
            self.db.close()
            self.changed.notify_all()
        for thread in ending:
            thread.join(5)
        if self._server is not None:
            self._server.stop()
        if "storages" in self.__dict__:
            self.storages.close()
        if self._own_folder is not None:
            shutil.rmtree(self._own_folder, ignore_errors=True)

    def _last_moment(self) -> int:
        rows: list[Any] = self.db.properties.rows(key="last_moment")
        return rows[0]["value"] if rows else 0


def _opened(directory: Path | None, lock: threading.RLock) -> Database:
    if directory is None:
        return Database(TABLES, lock=lock)
    from fakedet.store.journal import JournalStorage

    return Database(TABLES, JournalStorage(directory), lock=lock)


@functools.lru_cache(maxsize=32)
def _beginning(agents: int, slots: int) -> "Snapshot":
    """The tables of a fresh cluster, made once a process."""
    from fakedet.services.first_rows import insert_first_rows

    db = Database(TABLES)
    with db.transaction():
        insert_first_rows(db, agents=agents, slots=slots)
    return db.snapshot()
