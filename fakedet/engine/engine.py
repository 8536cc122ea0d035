"""What makes a world move: garbage collection tasks, slots for queued trials, and the timers of running ones.

`settle` is called after each commit. With the speed `instant` it does all work at once and moves the clock along; otherwise a
thread follows the clock. Each piece of work is one transaction under the world's lock; checkpoint files are removed without it, by
`collect_garbage`, which whoever has settled calls next.
"""
from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Callable, Mapping, Sequence, TypeVar

from fakedet.engine import agent_slots, lives, scheduler, synthetic
from fakedet.engine.clock import SECOND
from fakedet.engine.garbage import TIMER, GarbageCollector, start_container
from fakedet.engine.stretches import Stretch
from fakedet.engine.timers import Due, next_due
from fakedet.services.trials import running, unmanaged

if TYPE_CHECKING:
    from fakedet.store.state import Change
    from fakedet.world import World

T = TypeVar("T")
log = logging.getLogger("fakedet.engine")
#: What is done when a timer is due, by its kind; each gets the world and the id of the row.
DEEDS: Mapping[str, Callable[["World", int], None]] = {
    "preemption": lives.kill_the_slow, TIMER: start_container,
    "heartbeat": unmanaged.end_if_silent, "early_exit": running.kill_if_alive}
#: By table, the fields whose change may make work that waits for nothing possible; None: every change.
CAUSES: Mapping[str, tuple[str, ...] | None] = {
    "agents": None, "jobs": None, "trials": ("state", "exited_reason"), "allocations": ("state", "killed"), "tasks": ("end_time",)}


class Engine:
    """The motor of one world."""

    def __init__(self, world: "World"):
        self._world = world
        self._garbage = GarbageCollector(world)
        self._life = lives.life_of_trials(world.settings.trials)
        self._settling = False
        self._thread: threading.Thread | None = None
        self._stopped = False
        self._stale = True  # whether there may be work that waits for nothing
        world.db.follow(self._notice)

    def settle(self) -> None:
        """Do what has become possible: at once with the speed `instant`, else by the thread that follows the clock."""
        if self._world.settings.pace == "instant":
            self._guarded(self._run_until, None)
        elif self._thread is None:
            self._thread = threading.Thread(target=self._follow_clock, daemon=True, name=f"fakedet-engine-{self._world.name}")
            self._thread.start()

    def advance(self, seconds: float) -> None:
        """Let `seconds` of virtual time pass and do what is due by then."""
        with self._world.lock:
            target = self._world.now() + round(seconds * SECOND)
            self._guarded(self._run_until, target)
            self._world.clock.move_to(target)
            self._world.notify()
        self.collect_garbage()

    def collect_garbage(self) -> None:
        """Remove the files that `settle` found to be garbage, and do what has become possible by that. Called without the lock."""
        while self._garbage.work():
            with self._world.lock:
                self._guarded(self._run_until, None if self._world.settings.pace == "instant" else self._world.now())
                self._world.notify()

    def perform(self, deed: Callable[[], T], unless: Callable[[], bool]) -> T | None:
        """What `deed` gives, done in a transaction with all that it makes possible; None if the world is closed or `unless` holds."""
        with self._world.lock:
            if self._world.closed or unless():
                return None
            with self._world.db.transaction():
                result = deed()
            self.settle()
            self._world.notify()
        self.collect_garbage()
        return result

    def stop(self) -> Sequence[threading.Thread]:
        """Let the thread end, and the processes of trials; the threads that then still clean up."""
        self._stopped = True
        self._world.notify()
        return self._life.stop(self._world) if self._life else ()

    def _guarded(self, work: Callable[..., None], target: int | None) -> None:
        """Work done by the engine commits too; that must not start the work again from within."""
        if self._settling:
            return
        self._settling = True
        try:
            work(target)
        finally:
            self._settling = False

    def _run_until(self, target: int | None) -> None:
        """Everything up to the moment `target`; with None, until nothing is left to do."""
        while True:
            while self._stale:
                self._stale = False
                self._immediate()
            due = next_due(self._world.db, deadlines=target is not None)
            if due is None or (target is not None and due.moment > target):
                return
            self._world.clock.move_to(due.moment)
            self._fire(due, target)

    def _notice(self, changes: Sequence["Change"]) -> None:
        """What was committed may have made work possible."""
        self._stale = self._stale or any(_makes_work(change) for change in changes)

    def _immediate(self) -> None:
        """One round of work that waits for nothing."""
        world = self._world
        if world.db.agents.tally():
            self._garbage.take()
            if self._life:
                self._move_trials(self._life)

    def _move_trials(self, life: lives.Life) -> None:
        world = self._world
        with world.db.transaction():
            life.begin_round(world)
            for allocation in world.db.allocations.rows(state=scheduler.LIVE):
                life.follow_state(world, allocation)
            for displaced, reason in agent_slots.displaced(world.db, scheduler.LIVE):
                life.evict(world, displaced, reason)
            moves = scheduler.moves(world)
            for less_urgent in moves.releases:
                life.give_way(world, less_urgent)
            for trial, placement in moves.starts:
                life.start(world, trial, placement)

    def _fire(self, due: Due, target: int | None) -> None:
        db, table, row = self._world.db, self._world.db.table(due.table), due.row
        try:
            with db.transaction():
                table.delete(row["id"])
                if row["kind"] == synthetic.TIMER:
                    Stretch(self._world, target).play(row["subject"])
                else:
                    DEEDS[row["kind"]](self._world, row["subject"])
        except Exception as error:  # one failing deed must not end the motor, nor be tried for ever
            log.exception("the engine failed at %s of %s", row["kind"], row["subject"])
            self._world.failures.append(error)
            table.delete(row["id"])

    def _follow_clock(self) -> None:
        while not self._stopped:
            with self._world.lock:
                self._one_round()
                if not self._garbage.has_work:
                    self._wait()
            self.collect_garbage()

    def _wait(self) -> None:
        """Until something changes or the next timer is due."""
        world = self._world
        due = next_due(world.db, deadlines=True)
        seconds = world.clock.real_seconds_until(due.moment) if due else None
        if not self._stopped:
            world.changed.wait(min(seconds, 60.0) if seconds is not None else 60.0)

    def _one_round(self) -> None:
        before = self._world.db.version
        self._guarded(self._run_until, self._world.now())
        if self._world.db.version != before:
            self._world.changed.notify_all()


def _makes_work(change: "Change") -> bool:
    if change.table not in CAUSES:
        return False
    fields, old, new = CAUSES[change.table], change.old, change.new
    return fields is None or old is None or new is None or any(old.get(name) != new.get(name) for name in fields)
