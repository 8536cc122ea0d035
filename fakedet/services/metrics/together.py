"""Many reports stored at once, as running trials make them: what follows from them is worked out once a trial."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, Mapping, Sequence

from fakedet.domain.metric_groups import PROFILING
from fakedet.services.metrics import following, reporting

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]


def store_all(db: "Database", rows: Sequence[Row]) -> None:
    """Store reports of the present runs of trials, in the order in which they came; of each trial by ascending step."""
    if not all(is_new(db.trials.row(row["trial_id"]), row["total_batches"]) for row in _firsts(rows)):
        for row in rows:
            reporting.store(db, row)
        return
    for trial_id, stored in _by_trial(db.metrics.insert_all(rows)).items():
        following.follow_new(db, db.trials.row(trial_id), stored)


def is_new(trial: Row, step: int) -> bool:
    """Whether the trial has no reports at this step or beyond, which would be joined or archived."""
    return all(last < step for last in trial["run_steps"].values())


def _firsts(rows: Sequence[Row]) -> Iterable[Row]:
    """The first report of each trial that has a step."""
    return {row["trial_id"]: row for row in reversed(rows) if row["total_batches"] is not None}.values()


def _by_trial(rows: Sequence[Row]) -> Mapping[int, list[Row]]:
    """The reports that count of each trial."""
    found: dict[int, list[Row]] = {}
    for row in rows:
        if row["group"] not in PROFILING:
            found.setdefault(row["trial_id"], []).append(row)
    return found
