"""A report of a newer run archives what older runs reported beyond it (master: rollbackMetrics).

A trial's row keeps the highest step of each run that is not archived (`run_steps`), so that a report that archives nothing, which
nearly all do, need not look at the reports before it.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, Mapping

from fakedet.domain.metric_groups import PROFILING, partition

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]


def archive_older(db: "Database", trial: Row, report: Row) -> bool:
    """Archive what this report overtakes: same partition at its step or later, others later. Whether there was anything."""
    run_id, steps = report["trial_run_id"], report["total_batches"] or 0
    if not any(int(run) < run_id and last >= steps for run, last in trial["run_steps"].items()):
        return False
    overtaken = [row for row in live_rows(db, trial["id"]) if row["trial_run_id"] < run_id and _is_overtaken(row, report, steps)]
    for row in overtaken:
        db.metrics.change(row["id"], archived=True)
    return bool(overtaken)


def live_rows(db: "Database", trial_id: int) -> list[Row]:
    """The trial's reports that are not archived, without those of the profiler, by ascending id."""
    return [row for row in db.metrics.rows(trial_id=trial_id) if not row["archived"] and row["group"] not in PROFILING]


def run_steps(rows: Iterable[Row]) -> dict[str, int]:
    """The highest step of each run among `rows`; JSON has no keys but text."""
    highest: dict[str, int] = {}
    for row in rows:
        run = str(row["trial_run_id"])
        highest[run] = max(row["total_batches"], highest.get(run, row["total_batches"]))
    return highest


def _is_overtaken(row: Row, report: Row, steps: int) -> bool:
    if partition(row["group"]) == partition(report["group"]):
        return bool(row["total_batches"] >= steps)
    return bool(row["total_batches"] > steps)
