"""The functions of the old database that find the best checkpoints by a metric (master 0.12.3: best_checkpoints_by_metric)."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from fakedet.domain.sql_casts import as_double
from fakedet.gateway.legacy.graphql.tables import Record, trial

if TYPE_CHECKING:
    from fakedet.store import Database

DONE = "COMPLETED"


def best_of_trial(db: "Database", *, tid: int, metric: str, smaller_is_better: bool) -> list[Record]:
    """The best validated checkpoint of a trial, if it has one."""
    row = db.trials.row(tid)
    found = [] if row is None else _ranked(trial(db, row), metric, smaller_is_better)
    return [record for _, record in found[:1]]


def best_of_experiment(experiment: Record, *, lim: int | None = None, metric: str | None = None,
                       smaller_is_better: bool | None = None) -> list[Record]:
    """The best of each trial, the best first; by the searcher's metric and direction unless others are named."""
    searcher = experiment["config"]["searcher"]
    direction = searcher.get("smaller_is_better", True) if smaller_is_better is None else smaller_is_better
    trials = experiment.related("trials")
    ranked = [_ranked(record, metric or searcher["metric"], direction)[:1] for record in trials] if isinstance(trials, list) else []
    found = sorted((best for of_trial in ranked for best in of_trial), key=lambda pair: pair[0])
    return [record for _, record in found][:lim]


def _ranked(record: Record, metric: str, smaller_is_better: bool) -> list[tuple[float, Record]]:
    """The validated checkpoints of a trial, those without the metric last."""
    checkpoints: Any = record.related("checkpoints")
    pairs = [(checkpoint.related("validation"), checkpoint) for checkpoint in checkpoints if checkpoint["state"] == DONE]
    valued = [(_signed(validation, metric, smaller_is_better), checkpoint) for validation, checkpoint in pairs if isinstance(validation, Record)]
    return sorted(valued, key=lambda pair: pair[0])


def _signed(validation: Record, metric: str, smaller_is_better: bool) -> float:
    value = as_double(validation["metrics"]["validation_metrics"].get(metric))
    if value is None:
        return math.inf
    return value if smaller_is_better else -value
