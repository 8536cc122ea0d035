"""What a report changes in its trial and its experiment: steps, summary, best and latest validation, best trial.

All of it is kept up to date report by report; only after something was archived it is counted anew (master: db/postgres_trial.go,
views_and_triggers/up/metrics.sql).
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Sequence

from fakedet.domain.errors import Internal, MasterError
from fakedet.domain.metric_groups import VALIDATION, body_key
from fakedet.domain.searcher_metric import Goal
from fakedet.domain.summary_metrics import Report, recomputed, with_report, with_reports
from fakedet.services.metrics import archiving, best

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]


def follow_new(db: "Database", trial: Row, stored: Sequence[Row]) -> None:
    """New reports of one run were stored, by ascending step, and nothing was archived."""
    changes = {"total_batches": max(trial["total_batches"], stored[-1]["total_batches"]), "summary_metrics": _summary_with(trial, stored),
               "run_steps": _with_step(trial["run_steps"], stored[-1])}
    validations = [row for row in stored if row["group"] == VALIDATION]
    if validations:
        changes.update(_of_validations(db, trial, validations))
    _change(db, trial, changes, validated=bool(validations))


def follow_joined(db: "Database", trial: Row, before: Row, after: Row, added: Mapping[str, Any]) -> None:
    """A report joined one that was stored, and nothing was archived; `added` are its own metrics."""
    changes: dict[str, Any] = {"total_batches": max(trial["total_batches"], after["total_batches"]),
                               "summary_metrics": with_report(trial["summary_metrics"], after["group"], added)}
    if after["group"] == VALIDATION:
        goal = best.goal_of(db, trial)
        if added.get(goal.metric) is not None:
            changes["latest_validation_id"] = after["id"]
        changes.update(_best_stored(db, trial, goal, [after]))
        if after["metrics"] != before["metrics"]:
            changes["validations"] = best.read_anew(archiving.live_rows(db, trial["id"]), goal)
    _change(db, trial, changes, validated=after["group"] == VALIDATION)


def count_anew(db: "Database", trial: Row, stored: Row) -> None:
    """`stored` has just been reported, and older reports were archived by it."""
    rows = archiving.live_rows(db, trial["id"])
    goal = best.goal_of(db, trial)
    changes: dict[str, Any] = {
        "total_batches": max((row["total_batches"] for row in rows), default=0), "run_steps": archiving.run_steps(rows),
        "summary_metrics": _summary(rows), "latest_validation_id": _latest(rows, goal)}
    if stored["group"] == VALIDATION:
        changes.update(_best_stored(db, trial, goal, [stored]))
    changes["validations"] = best.read_anew(rows, goal)
    _change(db, trial, changes, validated=stored["group"] == VALIDATION)


def _change(db: "Database", trial: Row, changes: Mapping[str, Any], *, validated: bool) -> None:
    db.trials.change(trial["id"], **changes)
    if validated:
        best.follow_best_trial(db, trial)


def _summary_with(trial: Row, stored: Sequence[Row]) -> Mapping[str, Any]:
    """Groups stand in the summary in the order in which they came."""
    summary: Mapping[str, Any] = trial["summary_metrics"]
    for group in dict.fromkeys(row["group"] for row in stored):
        summary = with_reports(summary, group, [row["metrics"][body_key(group)] for row in stored if row["group"] == group])
    return summary


def _with_step(steps: Mapping[str, int], row: Row) -> Mapping[str, int]:
    run, last = str(row["trial_run_id"]), row["total_batches"]
    return steps if run in steps and steps[run] >= last else {**steps, run: last}


def _of_validations(db: "Database", trial: Row, stored: Sequence[Row]) -> dict[str, Any]:
    """What new validations change."""
    goal = best.goal_of(db, trial)
    changes = _best_stored(db, trial, goal, stored)
    latest = [row["id"] for row in stored if row["metrics"]["validation_metrics"].get(goal.metric) is not None]
    if latest:
        changes["latest_validation_id"] = latest[-1]
    remembered = best.remembered_by(trial, goal)
    if remembered is None:
        return {**changes, "validations": best.read_anew(archiving.live_rows(db, trial["id"]), goal)}
    for row in stored:
        remembered = remembered.with_one(row["id"], row["metrics"]["validation_metrics"])
    return {**changes, "validations": remembered._asdict()}


def _best_stored(db: "Database", trial: Row, goal: Goal, stored: Sequence[Row]) -> dict[str, Any]:
    """The best of the best so far, if it is not archived, and these: older ones do not come back (master: setTrialBestValidation)."""
    so_far = db.metrics.row(trial["best_validation_id"]) if trial["best_validation_id"] else None
    candidates = [row for row in (so_far, *stored) if row is not None and not row["archived"]]
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
