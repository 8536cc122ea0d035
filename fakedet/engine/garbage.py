"""Who executes garbage collection tasks: the thread that found them, once it has given the world's lock away.

Storage may be slow (S3, network folders); nobody else waits for it. With the speed `instant` that thread is the one of the request
that made the tasks, so its reply comes when the files are gone.
"""
from __future__ import annotations

import threading
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Mapping

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]


class GarbageCollector:
    """The garbage collection of one world."""

    def __init__(self, world: "World"):
        self._world = world
        self._at_work: set[int] = set()
        self._of_thread: dict[int, list[Row]] = defaultdict(list)

    def take(self) -> None:
        """Make the open tasks that nobody has taken those of this thread; it must then `work`. Called under the world's lock."""
        tasks = [task for task in self._world.db.tasks.rows(type="CHECKPOINT_GC", end_time=None) if task["id"] not in self._at_work]
        self._at_work.update(task["id"] for task in tasks)
        self._of_thread[threading.get_ident()] += tasks

    @property
    def has_work(self) -> bool:
        """Whether this thread has taken something."""
        return bool(self._of_thread.get(threading.get_ident()))

    def work(self) -> bool:
        """Execute what this thread has taken; False if there was nothing. Called without the world's lock."""
        from fakedet.services.checkpoints.collecting import execute

        tasks = self._of_thread.pop(threading.get_ident(), [])
        for task in tasks:
            try:
                execute(self._world, task)
            finally:
                self._at_work.discard(task["id"])
        return bool(tasks)
