"""What a synthetic trial does at a boundary of its cadence, but for saving: it reports and validates."""
from __future__ import annotations

from fakedet.domain.metric_groups import TRAINING, VALIDATION
from fakedet.engine.harvest import Harvest, Run
from fakedet.engine.system_metrics import system_metrics


def reach(harvest: Harvest, run: Run, step: int) -> bool:
    """The run has trained up to the boundary `step`; whether it shall be saved there."""
    cadence, curves, scenario = run.plan.cadence, run.plan.curves, run.plan.scenario
    batches = range(cadence.previous_boundary(step) + 1, step + 1) if scenario.batch_metrics else ()
    harvest.report(run, TRAINING, curves.training(step), step, [{"loss": curves.batch_loss(batch)} for batch in batches])
    if scenario.system_metrics:
        _profile(harvest, run, step)
    harvest.progressed(run, step / cadence.length)
    saves = cadence.saves_at(step)
    if cadence.validates_at(step):
        saves |= _validate(harvest, run, step)
        for group in scenario.groups:
            harvest.report(run, group, curves.of_group(group, step), step)
    return saves


def _validate(harvest: Harvest, run: Run, step: int) -> bool:
    """Report the validation of this step; whether the checkpoint policy wants it saved."""
    metrics, policy = run.plan.curves.validation(step), run.plan.cadence.policy
    improves = policy == "best" and harvest.improves(run, metrics[run.plan.curves.metric])
    harvest.report(run, VALIDATION, metrics, step)
    return improves or policy == "all"


def _profile(harvest: Harvest, run: Run, step: int) -> None:
    """What the profiler has seen."""
    agent, slots = next(iter(run.allocation["agent_slots"].items()))
    for group, metrics in system_metrics(run.plan.curves.seed, step, agent, slots).items():
        harvest.profile(run, group, metrics)
