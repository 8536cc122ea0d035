"""The life of a synthetic trial: it starts on its slots, reports at each boundary of its cadence, ends or is stopped.

What it does goes through the same services that a real trial's requests reach: metrics, checkpoints, logs, states. Its position is
the last step it has reported or, after a pause or a restart, the last checkpoint.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Sequence

from fakedet.domain.scenario import Failure
from fakedet.domain.scheduling import Placement
from fakedet.engine import failing, scheduler
from fakedet.engine.cadence import Cadence
from fakedet.engine.checkpointing import latest_step, save_checkpoint
from fakedet.engine.clock import SECOND
from fakedet.engine.curves import LearningCurves
from fakedet.engine.plans import Plan, Plans
from fakedet.engine.system_metrics import system_metrics
from fakedet.engine.timers import clear_timer, set_timer
from fakedet.engine.trial_logs import TrialLog
from fakedet.services.experiments import searching
from fakedet.services.experiments.states import ENDS
from fakedet.services.metrics import reporting
from fakedet.services.trials.failing import run_failed
from fakedet.services.trials.states import TERMINAL, set_trial_state
from fakedet.storage.base import StorageError

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]
#: Virtual microseconds to pull and start a container.
START_UP = 5 * SECOND


def start(world: "World", trial: Row, placement: Placement) -> None:
    """Give the trial its slots and go on from its latest checkpoint."""
    allocation = scheduler.allocate(world, trial, placement)
    step = latest_step(world.db, trial["id"])
    world.db.allocations.change(allocation["id"], step=step)
    TrialLog(world, trial, allocation).started()
    _set_next(world, trial, step, START_UP)


def follow_state(world: "World", allocation: Row) -> None:
    """Take the slots of a trial that may not run any more: it saves what it has unless it was killed, and ends or waits.

    One that has told of an early exit exits.
    """
    trial = _trial_of(world, allocation)
    if trial is None:
        return
    if trial["state"] == "ACTIVE":
        if trial["exited_reason"]:
            _complete(world, trial, allocation)
        return
    if trial["state"] != "STOPPING_KILLED":
        _save_if_possible(world, trial, allocation)
    TrialLog(world, trial, allocation).sent_away(trial["state"])
    _leave(world, trial, allocation)


def give_way(world: "World", allocation: Row) -> None:
    """The scheduler needs the slots: the trial saves what it has and waits for others."""
    trial = _trial_of(world, allocation)
    if trial is not None:
        _save_if_possible(world, trial, allocation)
        TrialLog(world, trial, allocation).preempted()
        _leave(world, trial, allocation)


def evict(world: "World", allocation: Row, reason: str) -> None:
    """The slots are gone: the trial is killed, and goes on elsewhere from its latest checkpoint."""
    trial = _trial_of(world, allocation)
    if trial is not None:
        TrialLog(world, trial, allocation).evicted(reason)
        _leave(world, trial, allocation)


def next_boundary(world: "World", trial_id: int) -> None:
    """The trial has trained up to its next boundary: report, validate and save as its cadence says."""
    trial = world.db.trials.row(trial_id)
    allocation = scheduler.allocation_of(world.db, trial)
    if allocation is None:
        return
    plan = world.the(Plans).of_trial(trial)
    cadence = plan.cadence
    step = cadence.next_boundary(allocation["step"])
    failure = failing.due(world, trial, plan, allocation["step"], step)
    if failure is not None:
        _crash(world, trial, allocation, failure)
        return
    if step is not None:
        try:
            _work(world, trial, world.db.allocations.change(allocation["id"], step=step), plan, step)
        except StorageError as error:  # as a script whose upload failed
            _crash(world, world.db.trials.row(trial_id), allocation, Failure(batch=step, log=f"checkpoint not saved: {error}"))
            return
    trial = world.db.trials.row(trial_id)
    if step is None or step >= cadence.length:
        _complete(world, trial, allocation)
    elif trial["state"] == "ACTIVE":
        _set_next(world, trial, step, 0)


def _work(world: "World", trial: Row, allocation: Row, plan: Plan, step: int) -> None:
    cadence, curves = plan.cadence, plan.curves
    before = cadence.previous_boundary(step)
    batches = [{"loss": curves.batch_loss(batch)} for batch in range(before + 1, step + 1)] if plan.scenario.batch_metrics else []
    _report(world, trial, allocation, "training", curves.training(step), step, cadence.epoch, batches)
    _profile(world, trial, allocation, plan, step)
    searching.trial_progressed(world, trial, step / cadence.length)
    saves = cadence.saves_at(step)
    if cadence.validates_at(step):
        saves |= _validate(world, trial, allocation, cadence, curves, step)
        for group in plan.scenario.groups:
            _report(world, trial, allocation, group, curves.of_group(group, step), step, cadence.epoch)
    if saves:
        _save_if_behind(world, world.db.trials.row(trial["id"]), allocation)


def _validate(world: "World", trial: Row, allocation: Row, cadence: Cadence, curves: LearningCurves, step: int) -> bool:
    """Report the validation of this step; whether the checkpoint policy wants it saved."""
    metrics = curves.validation(step)
    best = _best_so_far(world, trial)
    _report(world, trial, allocation, "validation", metrics, step, cadence.epoch)
    sign = 1 if curves.smaller_is_better else -1
    improves = best is None or sign * metrics[curves.metric] < sign * best
    return cadence.policy == "all" or (cadence.policy == "best" and improves)


def _report(world: "World", trial: Row, allocation: Row, group: str, metrics: Mapping[str, float], step: int, epoch: int,
            batch_metrics: Sequence[Mapping[str, float]] = ()) -> None:
    current = world.db.trials.row(trial["id"])
    values = {**metrics, "batches": step, "epochs": step // epoch}
    reporting.report(world, trial=current, group=group, metrics={"avg_metrics": values, "batch_metrics": list(batch_metrics)},
                     trial_run_id=current["run_id"], steps_completed=step, report_time=None)
    TrialLog(world, trial, allocation).reported(group, values, step)


def _profile(world: "World", trial: Row, allocation: Row, plan: Plan, step: int) -> None:
    """What the profiler has seen, if it is asked for."""
    if not plan.scenario.system_metrics:
        return
    agent, slots = next(iter(allocation["agent_slots"].items()))
    for group, metrics in system_metrics(plan.curves.seed, step, agent, slots).items():
        reporting.report(world, trial=world.db.trials.row(trial["id"]), group=group, metrics={"avg_metrics": metrics, "batch_metrics": []},
                         trial_run_id=trial["run_id"], steps_completed=None, report_time=None)


def _best_so_far(world: "World", trial: Row) -> float | None:
    """The best searcher metric that any trial of the experiment has reported."""
    found = reporting.best_searcher_metric(world.db, world.db.experiments.row(trial["experiment_id"]))
    return float(found) if found is not None else None


def _save_if_behind(world: "World", trial: Row, allocation: Row) -> None:
    step = world.db.allocations.row(allocation["id"])["step"]
    if step and latest_step(world.db, trial["id"]) != step:
        TrialLog(world, trial, allocation).saved(save_checkpoint(world, trial, allocation, step))


def _save_if_possible(world: "World", trial: Row, allocation: Row) -> None:
    """Before it leaves; without storage, what it has done since its last checkpoint is lost."""
    try:
        _save_if_behind(world, trial, allocation)
    except StorageError as error:
        TrialLog(world, trial, allocation).told(f"checkpoint not saved: {error}")


def _complete(world: "World", trial: Row, allocation: Row) -> None:
    if trial["state"] == "ACTIVE":
        trial = set_trial_state(world, trial, "STOPPING_COMPLETED")
    TrialLog(world, trial, allocation).completed()
    _leave(world, trial, allocation)


def _crash(world: "World", trial: Row, allocation: Row, failure: Failure) -> None:
    """The run fails: what it did since its last report is lost, and the trial begins again at its latest checkpoint if it may."""
    TrialLog(world, trial, allocation).crashed(failure.log, failure.exit_code)
    clear_timer(world.db, "trial", trial["id"])
    scheduler.release(world, allocation)
    after = run_failed(world, world.db.trials.row(trial["id"]))
    if after["state"] in TERMINAL:
        searching.trial_ended(world, after)


def _leave(world: "World", trial: Row, allocation: Row) -> None:
    clear_timer(world.db, "trial", trial["id"])
    scheduler.release(world, allocation)
    if trial["state"] in ENDS:
        searching.trial_ended(world, set_trial_state(world, trial, ENDS[trial["state"]]))


def _set_next(world: "World", trial: Row, step: int, delay: int) -> None:
    plan = world.the(Plans).of_trial(trial)
    boundary = plan.cadence.next_boundary(step)
    failure = failing.due(world, trial, plan, step, boundary)
    until = failure.batch if failure else boundary or step
    set_timer(world.db, world.now() + delay + (until - step) * plan.batch_time, "trial", trial["id"])


def _trial_of(world: "World", allocation: Row) -> Row | None:
    link = world.db.trial_tasks.one(task_id=allocation["task_id"])
    return world.db.trials.row(link["trial_id"]) if link else None
