"""The runs of a world's local tasks: one thread each, that starts the processes, ships what they print and records how they end.

A thread takes the world's lock only to read what it needs and to record. Who starts a run gives a `Task`; what it says is done within
a transaction.
"""
from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Mapping, Protocol, Sequence, TypeVar

from fakedet.engine.local import task_files
from fakedet.engine.local.process import Launch, TaskProcess

if TYPE_CHECKING:
    from fakedet.world import World

T = TypeVar("T")
log = logging.getLogger("fakedet.local")
#: The exit code of what was killed before it started, as of what was killed.
KILLED = 137


class Task(Protocol):
    """What is run."""

    allocation_id: str

    def launch(self, folder: Path) -> Launch | None:
        """What to start in this folder; None if there is nothing to start any more."""

    def printed(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """It has printed lines."""

    def ended(self, code: int) -> None:
        """All its processes have ended."""


class Run(threading.Thread):
    """One run of a task."""

    def __init__(self, world: "World", task: Task):
        super().__init__(daemon=True, name=f"fakedet-{task.allocation_id}")
        self._world, self._task = world, task
        self._process: TaskProcess | None = None
        self.is_killed = False
        self.abandoned = False

    @property
    def pid(self) -> int | None:
        """Of the process over all others."""
        return self._process.pid if self._process else None

    def kill(self) -> None:
        """End it at once. Called under the world's lock."""
        self.is_killed = True
        if self._process is not None:
            self._process.kill()

    def abandon(self) -> None:
        """End it without recording anything. Called under the world's lock."""
        self.abandoned = True
        if self._process is not None:
            self._process.abandon()

    def run(self) -> None:
        """From the start of the processes to the record of their end."""
        try:
            code = self._from_start_to_end()
        except Exception as error:  # a run that cannot be started has failed; its trial must not wait for ever
            log.exception("the run of %s failed", self._task.allocation_id)
            self._world.failures.append(error)
            code = 1
        self._recorded(lambda: self._task.ended(code))

    def _from_start_to_end(self) -> int:
        folder = task_files.new_folder()
        launch = None if self.is_killed else self._recorded(lambda: self._task.launch(folder))
        if launch is None:
            folder.rmdir()
            return KILLED
        process = TaskProcess(launch, folder)
        self._take_charge_of(process)
        for lines in process.output():
            self._record_lines(lines)
        return process.wait()

    def _take_charge_of(self, process: TaskProcess) -> None:
        """Whoever has said "kill" meanwhile has met no process."""
        with self._world.lock:
            self._process = process
            if self.abandoned:
                process.abandon()
            elif self.is_killed:
                process.kill()

    def _record_lines(self, lines: Sequence[Mapping[str, Any]]) -> None:
        self._recorded(lambda: self._task.printed(lines))

    def _recorded(self, deed: Callable[[], T]) -> T | None:
        """What the deed gives, unless nobody wants to know any more."""
        return self._world.engine.perform(deed, unless=lambda: self.abandoned)


class Runs:
    """All runs of one world, by the id of their allocation."""

    def __init__(self, world: "World"):
        self._world = world
        self._runs: dict[str, Run] = {}

    def start(self, task: Task) -> None:
        """Run a task. Called under the world's lock; the thread begins when that is free."""
        run = self._runs[task.allocation_id] = Run(self._world, task)
        run.start()

    def find(self, allocation_id: str) -> Run | None:
        """The run of an allocation."""
        return self._runs.get(allocation_id)

    def forget(self, allocation_id: str) -> None:
        """A run is over."""
        self._runs.pop(allocation_id, None)

    def keep_only(self, live: set[str]) -> None:
        """End the runs of allocations that are no more, as after the tables were put back to an earlier state."""
        for allocation_id in self._runs.keys() - live:
            self._runs.pop(allocation_id).abandon()

    def stop(self) -> list[Run]:
        """The master goes: end all of them. Called under the world's lock; wait for them without it."""
        runs = list(self._runs.values())
        for run in runs:
            run.abandon()
        self._runs.clear()
        return runs


def wait_for(runs: Sequence[Run], seconds: float = 5.0) -> None:
    """Until nothing of these runs is left."""
    deadline = time.monotonic() + seconds
    for run in runs:
        run.join(max(0.0, deadline - time.monotonic()))
