"""The best validation of a trial, the best trial of an experiment, the best value that a search has seen.

Three questions that the master answers differently: the best validation shown is that of all that are not archived, the stored one
(`best_validation_id`) forgets older ones after a rollback, and the best value of the search counts validations without the metric too.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, Mapping

from fakedet.domain.errors import NotFound
from fakedet.domain.metric_groups import VALIDATION
from fakedet.domain.metric_values import as_json
from fakedet.domain.searcher_metric import Goal, Validations, rank
from fakedet.domain.sql_casts import as_double
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.metrics import archiving
from fakedet.services.registry import rpc

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]


@rpc("GetBestSearcherValidationMetric")
def get_best_searcher_validation_metric(call: Call, request: Any) -> dict[str, Any]:
    """The best value of the searcher metric in all validations; without it a validation counts as 0, if larger is better as the best."""
    experiment = finding.experiment(call.db, request.experiment_id)
    goal = Goal.of(experiment["config"])
    remembered = [validations_of(call.db, trial, goal) for trial in call.db.trials.rows(experiment_id=experiment["id"])]
    edges = [edge for edge in ((one.least if goal.sign > 0 else one.greatest) for one in remembered) if edge is not None]
    if not edges:
        raise NotFound("no validations for experiment")
    first = min if goal.sign > 0 else max
    return {"metric": first((as_double(edge["value"]) for edge in edges), key=rank) or 0.0}


def best_searcher_metric(db: "Database", experiment: Row) -> float | None:
    """The searcher metric of the experiment's best trial."""
    trial = db.trials.row(experiment["best_trial_id"]) if experiment["best_trial_id"] else None
    return None if trial is None else as_double(trial["searcher_metric_value"])


def goal_of(db: "Database", trial: Row) -> Goal:
    """The searcher metric of the trial's experiment."""
    experiment = db.experiments.row(trial["experiment_id"])
    assert experiment is not None
    return Goal.of(experiment["config"])


def validations_of(db: "Database", trial: Row, goal: Goal) -> Validations:
    """What the trial remembers of its validations; read anew if the experiment's searcher metric is not the one it remembers."""
    return remembered_by(trial, goal) or Validations(**read_anew(archiving.live_rows(db, trial["id"]), goal))


def remembered_by(trial: Row, goal: Goal) -> Validations | None:
    """What the trial's own row tells; None if it was remembered for another metric, or not at all."""
    remembered = trial["validations"]
    return Validations(**remembered) if remembered is not None and (remembered["metric"], remembered["sign"]) == goal else None


def read_anew(rows: Iterable[Row], goal: Goal) -> dict[str, Any]:
    """What a trial with these reports, none of them archived, remembers of its validations."""
    validations = ((row["id"], row["metrics"]["validation_metrics"]) for row in rows if row["group"] == VALIDATION)
    return Validations.among(goal, validations)._asdict()


def follow_best_trial(db: "Database", before: Row) -> None:
    """The stored best of the trial `before` may have changed: the experiment's best trial follows."""
    trial, experiment = db.trials.row(before["id"]), db.experiments.row(before["experiment_id"])
    assert trial is not None and experiment is not None
    leader = db.trials.row(experiment["best_trial_id"]) if experiment["best_trial_id"] else None
    if leader is None or (leader["id"] == trial["id"] and _place(trial) > _place(before)):
        elect_best_trial(db, experiment["id"])
    elif _place(trial) < _place(leader):
        db.experiments.change(experiment["id"], best_trial_id=trial["id"])


def elect_best_trial(db: "Database", experiment_id: int) -> None:
    """Choose the best of all trials of the experiment, also after one of them was deleted."""
    trials = db.trials.rows(experiment_id=experiment_id)
    if trials:
        db.experiments.change(experiment_id, best_trial_id=min(trials, key=_place)["id"])


def kept(value: float | None) -> Any:
    """A searcher metric as a row keeps it."""
    return None if value is None else as_json(value)


def _place(trial: Row) -> tuple[int, float, int]:
    return (*rank(as_double(trial["searcher_metric_value_signed"])), trial["id"])

