"""The best trials of an experiment, as its searcher ranks them (master: db/postgres_experiments.go, TopTrials...)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Sequence

from fakedet.domain.errors import Internal
from fakedet.domain.metric_groups import VALIDATION
from fakedet.domain.searcher_metric import Goal, Rank, rank
from fakedet.domain.sql_casts import as_double
from fakedet.services.metrics.best import validations_of
from fakedet.services.metrics.steps import by_run

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
BY_METRIC = ("random", "grid", "custom")
BY_LENGTH = ("async_halving", "adaptive_asha", "adaptive", "adaptive_simple", "sync_halving")


def top_trials(db: "Database", experiment_id: int, searcher: str, goal: Goal, most: int) -> list[Row]:
    """At most that many trials, the best first; ranked by metric, a negative number means all."""
    trials = db.trials.rows(experiment_id=experiment_id)
    if searcher in BY_METRIC:
        placed = sorted(trials, key=lambda trial: _by_metric(trial, goal))
        return [_numeric(trial, goal) for trial in (placed[:most] if most >= 0 else placed)]
    if searcher in BY_LENGTH:
        if most < 0:
            raise Internal("ERROR: LIMIT must not be negative (SQLSTATE 2201W)")
        return _by_length(db, trials, goal)[:most]
    if searcher == "single":
        raise Internal("single-trial experiments are not supported for trial sampling")
    raise Internal("unable to detect a searcher algorithm for trial sampling")


def _by_metric(trial: Row, goal: Goal) -> tuple[Rank, int]:
    """By the best value in the summary; NaN is above all numbers, so that it comes first where larger is better."""
    value = as_double((_entry(trial, goal) or {}).get("min" if goal.sign > 0 else "max"))
    return (_place(value, goal), trial["id"])


def _numeric(trial: Row, goal: Goal) -> Row:
    entry = _entry(trial, goal)
    if entry is not None and entry.get("count") is None:
        raise Internal(f"error getting top trials for experimentID {trial['experiment_id']} and metric {goal.metric} "
                       f"because trial {trial['id']} has reported a non numeric value for this report")
    return trial


def _entry(trial: Row, goal: Goal) -> Mapping[str, Any] | None:
    """What the trial's summary says of the searcher metric."""
    return (trial["summary_metrics"].get("validation_metrics") or {}).get(goal.metric)


def _place(value: float | None, goal: Goal) -> Rank:
    kind, number = rank(value)
    return (kind, number) if goal.sign > 0 or kind == 2 else (-kind, -number)


def _by_length(db: "Database", trials: Sequence[Row], goal: Goal) -> list[Row]:
    """By the highest step of a validation, then by the best value; trials without validations are left out."""
    placed = []
    for trial in trials:
        steps = [rows[-1]["total_batches"] for rows in by_run(db, trial, VALIDATION) if rows]
        if steps:
            placed.append(((-max(steps), *_by_aggregate(db, trial, goal), trial["id"]), trial))
    return [trial for _, trial in sorted(placed, key=lambda pair: pair[0])]


def _by_aggregate(db: "Database", trial: Row, goal: Goal) -> Rank:
    """By the minimum or maximum of the metric as the database has it: NaN is above all numbers, and NULL above NaN."""
    if goal.sign > 0:
        least = validations_of(db, trial, goal).least
        return rank(as_double(least["value"]) if least else None)
    values = [goal.value(row["metrics"]["validation_metrics"]) for rows in by_run(db, trial, VALIDATION) for row in rows]
    kind, number = max((rank(value) for value in values if value is not None), default=rank(None))
    return (-kind, -number)
