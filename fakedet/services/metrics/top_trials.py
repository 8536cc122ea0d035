"""The best trials of an experiment, as its searcher ranks them (master: db/postgres_experiments.go, TopTrials...)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.errors import Internal
from fakedet.domain.metric_groups import VALIDATION
from fakedet.domain.searcher_metric import Goal, Rank, rank
from fakedet.domain.sql_casts import as_double
from fakedet.services.metrics.best import validations_of

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
BY_METRIC = ("random", "grid", "custom")
BY_LENGTH = ("async_halving", "adaptive_asha", "adaptive", "adaptive_simple", "sync_halving")


def top_trials(db: "Database", experiment_id: int, searcher: str, goal: Goal) -> list[Row]:
    """All trials that can be ranked, the best first."""
    trials = db.trials.rows(experiment_id=experiment_id)
    if searcher in BY_METRIC:
        return sorted(trials, key=lambda trial: _by_metric(experiment_id, trial, goal))
    if searcher in BY_LENGTH:
        return _by_length(db, trials, goal)
    if searcher == "single":
        raise Internal("single-trial experiments are not supported for trial sampling")
    raise Internal("unable to detect a searcher algorithm for trial sampling")


def _by_metric(experiment_id: int, trial: Row, goal: Goal) -> tuple[Rank, int]:
    """By the best value in the summary; NaN is above all numbers, so that it comes first where larger is better."""
    entry = (trial["summary_metrics"].get("validation_metrics") or {}).get(goal.metric)
    if entry is not None and entry.get("count") is None:
        raise Internal(f"error getting top trials for experimentID {experiment_id} and metric {goal.metric} "
                       f"because trial {trial['id']} has reported a non numeric value for this report")
    value = None if entry is None else as_double(entry["min" if goal.sign > 0 else "max"])
    return (_place(value, goal), trial["id"])


def _place(value: float | None, goal: Goal) -> Rank:
    kind, number = rank(value)
    return (kind, number) if goal.sign > 0 or kind == 2 else (-kind, -number)


def _by_length(db: "Database", trials: list[Row], goal: Goal) -> list[Row]:
    """By the highest step of a validation, then by the best value; trials without validations are left out."""
    placed = []
    for trial in trials:
        steps = [row["total_batches"] for row in db.metrics.rows(trial_id=trial["id"], group=VALIDATION) if not row["archived"]]
        if steps:
            best = as_double(validations_of(db, trial, goal).best_value)
            placed.append(((-max(steps), rank(goal.signed(best)), trial["id"]), trial))
    return [trial for _, trial in sorted(placed, key=lambda pair: pair[0])]
