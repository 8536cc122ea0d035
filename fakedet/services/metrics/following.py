"""What a report changes in its trial and its experiment: steps, summary, best and latest validation, best trial.

All of it is kept up to date report by report; only after something was archived it is counted anew (master: db/postgres_trial.go,
views_and_triggers/up/metrics.sql).
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.errors import Internal, MasterError
from fakedet.domain.metric_groups import VALIDATION, body_key
from fakedet.domain.searcher_metric import Goal
from fakedet.domain.summary_metrics import Report, recomputed, with_report
from fakedet.services.metrics import archiving, best

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]


def follow(db: "Database", trial: Row, before: Row | None, after: Row, added: Mapping[str, Any]) -> None:
    """A report was stored (`before` None) or joined to one, and nothing was archived; `added` are its own metrics."""
    changes: dict[str, Any] = {"total_batches": max(trial["total_batches"], after["total_batches"]),
                               "summary_metrics": with_report(trial["summary_metrics"], after["group"], added)}
    if before is None:
        changes["run_steps"] = _with_step(trial["run_steps"], after)
    if after["group"] == VALIDATION:
        goal = best.goal_of(db, trial)
        if added.get(goal.metric) is not None:
            changes["latest_validation_id"] = after["id"]
        changes.update(_of_validation(db, trial, goal, before, after))
    db.trials.change(trial["id"], **changes)
    if after["group"] == VALIDATION:
        best.follow_best_trial(db, trial)


def count_anew(db: "Database", trial: Row, stored: Row) -> None:
    """`stored` has just been reported, and older reports were archived by it."""
    rows = archiving.live_rows(db, trial["id"])
    goal = best.goal_of(db, trial)
    changes: dict[str, Any] = {
        "total_batches": max((row["total_batches"] for row in rows), default=0), "run_steps": archiving.run_steps(rows),
        "summary_metrics": _summary(rows), "latest_validation_id": _latest(rows, goal)}
    if stored["group"] == VALIDATION:
        changes.update(_best_stored(db, trial, goal, stored))
    changes["validations"] = best.read_anew(rows, goal)
    db.trials.change(trial["id"], **changes)
    if stored["group"] == VALIDATION:
        best.follow_best_trial(db, trial)


def _with_step(steps: Mapping[str, int], row: Row) -> Mapping[str, int]:
    run, last = str(row["trial_run_id"]), row["total_batches"]
    return steps if run in steps and steps[run] >= last else {**steps, run: last}


def _of_validation(db: "Database", trial: Row, goal: Goal, before: Row | None, after: Row) -> dict[str, Any]:
    changes = _best_stored(db, trial, goal, after)
    remembered = best.validations_of(db, trial, goal)
    if before is not None and after["metrics"] != before["metrics"]:
        changes["validations"] = best.read_anew(archiving.live_rows(db, trial["id"]), goal)
    elif before is None:
        changes["validations"] = remembered.with_one(after["id"], after["metrics"]["validation_metrics"])._asdict()
    return changes


def _best_stored(db: "Database", trial: Row, goal: Goal, stored: Row) -> dict[str, Any]:
    """The better of the best so far, if it is not archived, and this one: older ones do not come back (master: setTrialBestValidation)."""
    so_far = db.metrics.row(trial["best_validation_id"]) if trial["best_validation_id"] else None
    candidates = [row for row in (so_far, stored) if row is not None and not row["archived"]]
    try:
        chosen = min(candidates, key=lambda row: goal.rank_of(row["metrics"]["validation_metrics"]))
        value = goal.value(chosen["metrics"]["validation_metrics"])
    except MasterError as error:
        raise Internal("updating trial best validation: error updating best validation for trial "
                       f"{trial['id']}: {error.message}") from None
    return {"best_validation_id": chosen["id"], "searcher_metric_value": best.kept(value),
            "searcher_metric_value_signed": best.kept(goal.signed(value))}


def _summary(rows: list[Row]) -> dict[str, Any]:
    return recomputed(Report(row["group"], row["metrics"][body_key(row["group"])], row["end_time"]) for row in rows)


def _latest(rows: list[Row], goal: Goal) -> int | None:
    validations = [row for row in rows if row["group"] == VALIDATION
                   and row["metrics"]["validation_metrics"].get(goal.metric) is not None]
    return max(validations, key=lambda row: row["end_time"])["id"] if validations else None
