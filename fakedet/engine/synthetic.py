"""The life of a synthetic trial: it starts on its slots, trains from boundary to boundary (stretches.py), ends or is stopped.

What it does goes through the same services that a real trial's requests reach: metrics, checkpoints, logs, states. Its position is
the last step it has reported or, after a pause or a restart, the last checkpoint.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.scenario import Failure
from fakedet.domain.scheduling import Placement
from fakedet.engine import failing, scheduler
from fakedet.engine.checkpointing import latest_step, save_checkpoint
from fakedet.engine.clock import SECOND
from fakedet.engine.exits import Exit, exit_of
from fakedet.engine.harvest import Run
from fakedet.engine.plans import Plan, Plans
from fakedet.engine.run_ends import end_run
from fakedet.engine.timers import clear_timer, set_timer
from fakedet.engine.trial_logs import CANCEL, KILL, PAUSE, PREEMPTED, TrialLog
from fakedet.storage.base import StorageError

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]
#: The kind of the timers of trials that train.
TIMER = "trial"
FINISHED, LEFT = exit_of(0, killed=False, acknowledged=False), exit_of(0, killed=False, acknowledged=True)
KILLED = exit_of(137, killed=True, acknowledged=False)
#: Virtual microseconds to pull and start a container.
START_UP = 5 * SECOND


def start(world: "World", trial: Row, placement: Placement) -> None:
    """Give the trial its slots and go on from its latest checkpoint."""
    allocation = scheduler.allocate(world, trial, placement)
    step = latest_step(world.db, trial["id"])
    world.db.allocations.change(allocation["id"], step=step)
    TrialLog(world, trial, allocation).started()
    set_timer(world.db, world.now() + START_UP + training_time(world, trial, world.the(Plans).of_trial(trial), step), TIMER, trial["id"])


def follow_state(world: "World", allocation: Row) -> None:
    """Take the slots of a trial that may not run any more: it saves what it has unless it was killed, and ends or waits.

    One that has told of an early exit exits.
    """
    trial = _trial_of(world, allocation)
    if trial is None:
        return
    if trial["state"] == "ACTIVE":
        if trial["exited_reason"]:
            _leave(world, trial, allocation, FINISHED)
    elif trial["state"] == "STOPPING_KILLED":
        _die(world, trial, allocation, KILL)
    else:
        _make_room(world, trial, allocation, PAUSE if trial["state"] == "PAUSED" else CANCEL)


def give_way(world: "World", allocation: Row) -> None:
    """The scheduler needs the slots: the trial saves what it has and waits for others."""
    trial = _trial_of(world, allocation)
    if trial is not None:
        _make_room(world, trial, allocation, PREEMPTED)


def evict(world: "World", allocation: Row, reason: str) -> None:
    """The slots are gone: the trial is killed, and goes on elsewhere from its latest checkpoint."""
    trial = _trial_of(world, allocation)
    if trial is not None:
        _die(world, trial, allocation, reason)


def go_on(world: "World", run: Run, step: int, *, saves: bool) -> None:
    """The run has reported at its boundary `step`: it saves, if it shall, and ends or trains on."""
    if saves:
        try:
            _save_if_behind(world, world.db.trials.row(run.trial["id"]), run.allocation)
        except StorageError as error:  # as a script whose upload failed
            end(world, run, Failure(batch=step, log=f"checkpoint not saved: {error}"))
            return
    trial = world.db.trials.row(run.trial["id"])
    if step >= run.plan.cadence.length:
        _leave(world, trial, run.allocation, FINISHED)
    elif trial["state"] == "ACTIVE":
        set_timer(world.db, world.now() + training_time(world, trial, run.plan, step), TIMER, trial["id"])


def end(world: "World", run: Run, failure: Failure | None) -> None:
    """The run is over: it has failed, and what it did since its last report is lost, or there is nothing left to train."""
    trial = world.db.trials.row(run.trial["id"])
    if failure is not None:
        TrialLog(world, trial, run.allocation).told(failure.log)
    _leave(world, trial, run.allocation, exit_of(failure.exit_code if failure else 0, killed=False, acknowledged=False))


def training_time(world: "World", trial: Row, plan: Plan, step: int) -> int:
    """Virtual microseconds from a step to the next boundary or failure."""
    boundary = plan.cadence.next_boundary(step)
    failure = failing.due(world, trial, plan, step, boundary)
    return ((failure.batch if failure else boundary or step) - step) * plan.batch_time


def _save_if_behind(world: "World", trial: Row, allocation: Row) -> None:
    step = world.db.allocations.row(allocation["id"])["step"]
    if step and latest_step(world.db, trial["id"]) != step:
        TrialLog(world, trial, allocation).saved(save_checkpoint(world, trial, allocation, step))


def _make_room(world: "World", trial: Row, allocation: Row, reason: str) -> None:
    """The trial was asked to leave: it saves first. Without storage, what it has done since its last checkpoint is lost."""
    try:
        _save_if_behind(world, trial, allocation)
    except StorageError as error:
        TrialLog(world, trial, allocation).told(f"checkpoint not saved: {error}")
    TrialLog(world, trial, allocation).preempting(reason)
    _leave(world, trial, allocation, LEFT)


def _die(world: "World", trial: Row, allocation: Row, reason: str) -> None:
    TrialLog(world, trial, allocation).killing(reason)
    _leave(world, trial, allocation, KILLED)


def _leave(world: "World", trial: Row, allocation: Row, exit: Exit) -> None:
    clear_timer(world.db, TIMER, trial["id"])
    end_run(world, trial, allocation, exit)


def _trial_of(world: "World", allocation: Row) -> Row | None:
    link = world.db.trial_tasks.one(task_id=allocation["task_id"])
    return world.db.trials.row(link["trial_id"]) if link else None
