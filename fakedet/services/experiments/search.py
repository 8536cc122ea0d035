"""Searching experiments with filters and sort strings; each is shown with its best trial (master: api_experiment.go, SearchExperiments)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.filters.sql_types import EXPERIMENT_STATE
from fakedet.domain.sql_casts import as_double
from fakedet.services.call import Call
from fakedet.services.experiments.listing import listed_message
from fakedet.services.registry import rpc
from fakedet.services.searches import facts
from fakedet.services.searches.catalogue import Experiments
from fakedet.services.searches.facts import of_config, of_experiment, of_run
from fakedet.services.searches.searching import search
from fakedet.services.searches.sorting import SortColumns, number, text
from fakedet.services.searches.subjects import Subject
from fakedet.services.trials.messages import basic_message, metrics_workload, tasks_of

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]


@rpc("SearchExperiments")
def search_experiments(call: Call, request: Any) -> dict[str, Any]:
    """The experiments that pass the filter, a page of them."""
    page, block = search(call, request, call.world.the(Experiments), _sort_columns(call))
    return {"experiments": [_found_message(call, subject) for subject in page], "pagination": block}


def _found_message(call: Call, subject: Subject) -> dict[str, Any]:
    experiment = {**listed_message(call, subject.experiment), "best_trial_id": subject.experiment["best_trial_id"]}
    return {"experiment": experiment, "best_trial": None if subject.run is None else _best_trial_message(call.db, subject)}


def _best_trial_message(db: "Database", subject: Subject) -> dict[str, Any]:
    """A trial with its stored state and its stored best validation, without its best checkpoint and its time."""
    trial, tasks = subject.run, [task["task_id"] for task in tasks_of(db, subject.run["id"])] if subject.run else []
    assert trial is not None
    return {
        **basic_message(trial),
        "restarts": min(trial["restarts"], subject.experiment["config"]["max_restarts"]),
        "total_batches_processed": trial["total_batches"],
        "best_validation": _validation(db, trial["best_validation_id"]) or {"metrics": {"avg_metrics": None}},
        "latest_validation": _validation(db, trial["latest_validation_id"]),
        "warm_start_checkpoint_uuid": trial["warm_start_checkpoint_uuid"] or "",
        "task_id": tasks[0] if tasks else "",
        "task_ids": tasks,
        "total_checkpoint_size": trial["checkpoint_size"],
        "checkpoint_count": trial["checkpoint_count"],
        "summary_metrics": trial["summary_metrics"],
        "searcher_metric_value": as_double(trial["searcher_metric_value"]) or 0.0,
        "log_retention_days": trial["log_retention_days"],
        "metadata": trial["metadata"],
    }


def _validation(db: "Database", number: int | None) -> dict[str, Any] | None:
    """The report; an archived one has left nothing but its place."""
    if number is None:
        return None
    row = db.metrics.row(number)
    return {"metrics": {"avg_metrics": None}} if row is None or row["archived"] else metrics_workload(row)


def _sort_columns(call: Call) -> SortColumns:
    db = call.db
    return SortColumns({
        "id": of_experiment("id"),
        "description": text(of_config("description")),
        "name": text(of_config("name")),
        "searcherType": text(of_config("searcher", "name")),
        "searcherMetric": text(of_config("searcher", "metric")),
        "startTime": of_experiment("start_time"),
        "endTime": of_experiment("end_time"),
        "state": lambda subject: EXPERIMENT_STATE.key(subject.experiment["state"]),
        "numTrials": facts.trial_count(db),
        "progress": number(lambda subject: subject.experiment["progress"] or 0.0),
        "user": text(lambda subject: _display_name(db.users.row(subject.experiment["owner_id"]))),
        "forkedFrom": of_experiment("parent_id"),
        "resourcePool": text(of_config("resources", "resource_pool")),
        "projectId": of_experiment("project_id"),
        "checkpointSize": of_experiment("checkpoint_size"),
        "checkpointCount": of_experiment("checkpoint_count"),
        "duration": _whole_seconds(call.now),
        "searcherMetricsVal": number(facts.best_searcher_metric(db, facts.stored_sign)),
        "externalExperimentId": text(of_experiment("external_experiment_id")),
        "externalTrialId": text(of_run("external_trial_id")),
    }, {"hp.": of_config("hyperparameters")})


def _display_name(owner: Row) -> str:
    return str(owner["display_name"] or owner["username"])


def _whole_seconds(now: int) -> facts.Fact:
    seconds = facts.seconds_of_experiment(now)
    return lambda subject: round(seconds(subject))
