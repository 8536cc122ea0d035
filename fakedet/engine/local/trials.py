"""The life of a trial that runs as a process of this machine: started on its slots, told to leave or killed as its state says, ended.

Its processes report for themselves, over HTTP. Mirrors internal/trial.go and internal/task/allocation.go.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Sequence

from fakedet.domain.durations import format_seconds
from fakedet.domain.scheduling import Placement
from fakedet.engine import exits, scheduler
from fakedet.engine.clock import SECOND
from fakedet.engine.commands import refuse
from fakedet.engine.local import commands
from fakedet.engine.local.runs import Run, Runs
from fakedet.engine.local.trial_task import TrialTask
from fakedet.engine.run_ends import end_run
from fakedet.engine.timers import clear_timer, set_timer
from fakedet.engine.trial_logs import CANCEL, KILL, PAUSE, PREEMPTED, TrialLog
from fakedet.services.experiments.held_config import held_config

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]
#: What the state of a trial asks of its processes, and why, as the master words it. A trial whose searcher has stopped it goes on.
LEAVE = {"PAUSED": PAUSE, "STOPPING_CANCELED": CANCEL}
DIE = {"STOPPING_KILLED": KILL, "STOPPING_ERROR": KILL}
DEFAULT_TIMEOUT = 3600


def start(world: "World", trial: Row, placement: Placement) -> None:
    """Give the trial its slots and start its processes."""
    allocation = scheduler.allocate(world, trial, placement)
    TrialLog(world, trial, allocation).placed()
    world.the(Runs).start(TrialTask(world, trial["id"], allocation["allocation_id"]))


def follow_state(world: "World", allocation: Row) -> None:
    """Tell the processes of a trial what its state asks of them; those of a master before this one are lost."""
    trial = _trial_of(world, allocation)
    if trial is None:
        return
    if world.the(Runs).find(allocation["allocation_id"]) is None:
        _leave(world, trial, allocation, exits.lost())
    elif trial["state"] in DIE:
        _kill(world, trial, allocation, DIE[trial["state"]])
    elif trial["state"] in LEAVE:
        _ask_to_leave(world, trial, allocation, LEAVE[trial["state"]])


def give_way(world: "World", allocation: Row) -> None:
    """The scheduler needs the slots."""
    trial = _trial_of(world, allocation)
    if trial is not None:
        _ask_to_leave(world, trial, allocation, PREEMPTED)


def evict(world: "World", allocation: Row, reason: str) -> None:
    """The slots are gone."""
    trial = _trial_of(world, allocation)
    if trial is not None:
        _kill(world, trial, allocation, reason)


def begin_round(world: "World") -> None:
    """What does not belong to trials: runs of allocations that are no more, and commands."""
    world.the(Runs).keep_only({row["allocation_id"] for row in world.db.allocations.rows(state=scheduler.LIVE)})
    commands.follow(world)
    refuse(world, but=commands.RUNNABLE)


def stop(world: "World") -> Sequence[Run]:
    """The world ends, and all processes with it."""
    return world.the(Runs).stop()


def kill_the_slow(world: "World", allocation_id: int) -> None:
    """A trial was asked to leave, and has not."""
    allocation = world.db.allocations.row(allocation_id)
    trial = _trial_of(world, allocation) if allocation is not None and allocation["state"] == scheduler.LIVE else None
    if trial is not None:
        _kill(world, trial, allocation, f"allocation did not preempt in {format_seconds(_timeout(world, trial))}")


def ended(world: "World", trial_id: int, allocation_id: str, code: int) -> None:
    """All processes of a run have ended."""
    world.the(Runs).forget(allocation_id)
    allocation, trial = world.db.allocations.one(allocation_id=allocation_id), world.db.trials.row(trial_id)
    if trial is not None and allocation is not None and allocation["state"] == scheduler.LIVE:
        _leave(world, trial, allocation, exits.exit_of(code, killed=bool(allocation.get("killed")),
                                                       acknowledged=bool(allocation.get("preemption_acknowledged"))))


def _ask_to_leave(world: "World", trial: Row, allocation: Row, reason: str) -> None:
    if allocation.get("preempting"):
        return
    TrialLog(world, trial, allocation).preempting(reason)
    world.db.allocations.change(allocation["id"], preempting=True)
    set_timer(world.db, world.now() + _timeout(world, trial) * SECOND, "preemption", allocation["id"])


def _kill(world: "World", trial: Row, allocation: Row, reason: str) -> None:
    if not allocation.get("killed"):
        TrialLog(world, trial, allocation).killing(reason)
        world.db.allocations.change(allocation["id"], killed=True)
    run = world.the(Runs).find(allocation["allocation_id"])
    if run is not None:
        run.kill()


def _leave(world: "World", trial: Row, allocation: Row, exit: exits.Exit) -> None:
    clear_timer(world.db, "preemption", allocation["id"])
    end_run(world, trial, allocation, exit)


def _timeout(world: "World", trial: Row) -> int:
    """Seconds that the trial has to leave."""
    wanted = held_config(world.db.experiments.row(trial["experiment_id"])).get("preemption_timeout")
    return DEFAULT_TIMEOUT if wanted is None else int(wanted)


def _trial_of(world: "World", allocation: Row) -> Row | None:
    link = world.db.trial_tasks.one(task_id=allocation["task_id"])
    return world.db.trials.row(link["trial_id"]) if link else None
