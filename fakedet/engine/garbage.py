"""Who executes garbage collection tasks: the thread that found them, once it has given the world's lock away.

Storage may be slow (S3, network folders); nobody else waits for it. With the speed `instant` that thread is the one of the request
that made the tasks, so its reply comes when the files are gone; otherwise a task's container has to start first.
"""
from __future__ import annotations

import threading
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Mapping

from fakedet.engine.clock import SECOND
from fakedet.engine.timers import set_timer

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]
#: Microseconds until the container of a task runs.
START_UP = SECOND
TIMER = "collection"


class GarbageCollector:
    """The garbage collection of one world."""

    def __init__(self, world: "World"):
        self._world = world
        self._at_work: set[int] = set()
        self._of_thread: dict[int, list[Row]] = defaultdict(list)

    def take(self) -> None:
        """Make the open tasks that nobody has taken those of this thread; it must then `work`. Called under the world's lock."""
        waiting = [task for task in self._world.db.tasks.rows(type="CHECKPOINT_GC", end_time=None) if task["id"] not in self._at_work]
        tasks = waiting if self._world.settings.pace == "instant" else [task for task in waiting if self._runs(task)]
        self._at_work.update(task["id"] for task in tasks)
        self._of_thread[threading.get_ident()] += tasks

    def _runs(self, task: Row) -> bool:
        """Whether its container is there; if not, it will be."""
        db = self._world.db
        if db.allocations.tally(task_id=task["task_id"], state="RUNNING"):
            return True
        if not db.timers.tally(subject=task["id"], kind=TIMER):
            set_timer(db, self._world.now() + START_UP, TIMER, task["id"])
        return False

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


def start_container(world: "World", task_id: int) -> None:
    """The container of a task runs now."""
    task = world.db.tasks.row(task_id)
    for allocation in world.db.allocations.rows(task_id=task["task_id"], state="PENDING") if task else ():
        world.db.allocations.change(allocation["id"], state="RUNNING", start_time=world.now())
