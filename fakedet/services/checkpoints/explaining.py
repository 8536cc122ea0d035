"""Why a policy keeps or deletes each checkpoint of an experiment: for fakedet's own tools, not of the API."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.gc import Policy, Verdict
from fakedet.services import finding
from fakedet.services.checkpoints.planning import policy_of, verdicts

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]
COLUMNS = ("Checkpoint UUID", "Trial", "Steps", "Metric", "State", "Verdict", "Why")
REASONS = {"collected": "no rule keeps it", "registered": "it is a version of a model",
           "warm start source": "a trial was started from it"}


def explain(world: "World", experiment_id: int, *, save_experiment_best: int | None = None,
            save_trial_best: int | None = None, save_trial_latest: int | None = None,
            semantics: str | None = None) -> dict[str, Any]:
    """The policy (the experiment's own where a number is None) and a verdict for each checkpoint; changes nothing."""
    experiment = finding.experiment(world.db, experiment_id)
    own = policy_of(experiment["config"])
    asked = (save_experiment_best, save_trial_best, save_trial_latest)
    policy = Policy(*(number if given is None else given for given, number in zip(asked, own, strict=True)))
    reading = semantics or world.settings.semantics
    found = verdicts(world.db, experiment, policy, reading)
    return {"experiment_id": experiment_id, "semantics": reading,
            "metric": experiment["config"]["searcher"].get("metric"),
            "policy": {f"save_{name}": number for name, number in policy._asdict().items()},
            "checkpoints": [_explained(verdict) for verdict in found]}


def _explained(verdict: Verdict) -> dict[str, Any]:
    view = verdict.checkpoint
    return {"uuid": view.uuid, "trial_id": view.trial_id, "steps_completed": view.steps_completed, "state": view.state,
            "searcher_metric": _plain(view.searcher_metric), "kept": verdict.kept, "reason": verdict.reason,
            "ranks": verdict.ranks._asdict() if verdict.ranks else None}


def _plain(metric: float | None) -> float | str | None:
    """As the API shows it: JSON has no NaN."""
    if metric is None or math.isfinite(metric):
        return metric
    return "NaN" if math.isnan(metric) else "Infinity" if metric > 0 else "-Infinity"


def as_table(answer: Mapping[str, Any]) -> str:
    """The answer of `explain` to be read: a table of the verdicts under the policy that they follow."""
    policy = ", ".join(f"{name} {number}" for name, number in answer["policy"].items())
    rows = [_row(checkpoint) for checkpoint in answer["checkpoints"]]
    widths = [max(len(row[column]) for row in [COLUMNS, *rows]) for column in range(len(COLUMNS))]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in [COLUMNS, *rows]]
    gone = sum(not checkpoint["kept"] for checkpoint in answer["checkpoints"])
    title = f"Experiment {answer['experiment_id']}, metric {answer['metric']}: {policy} ({answer['semantics']})"
    return "\n".join([title, *lines, f"{gone} of {len(rows)} checkpoints would be deleted."])


def _row(checkpoint: Mapping[str, Any]) -> tuple[str, ...]:
    metric, steps = checkpoint["searcher_metric"], checkpoint["steps_completed"]
    return (checkpoint["uuid"], str(checkpoint["trial_id"]), "-" if steps is None else str(steps),
            "-" if metric is None else f"{float(metric):.6g}", checkpoint["state"],
            "stays" if checkpoint["kept"] else "goes", REASONS.get(checkpoint["reason"], checkpoint["reason"]))
