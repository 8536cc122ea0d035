"""Reading single experiments and small facts of them (master: api_experiment.go)."""
from __future__ import annotations

import collections
import math
from typing import Any, Mapping

from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.experiments.messages import experiment_message
from fakedet.services.jobs.queue import queue
from fakedet.services.registry import rpc
from fakedet.services.trials.states import is_running

Row = Mapping[str, Any]


@rpc("GetExperiment")
def get_experiment(call: Call, request: Any) -> dict[str, Any]:
    """One experiment with its place in the job queue."""
    experiment = finding.experiment(call.db, request.experiment_id)
    message = experiment_message(call.db, experiment)
    return {"experiment": message, "config": message["config"], "job_summary": _job_summary(call, experiment)}


@rpc("GetExperimentLabels")
def get_experiment_labels(call: Call, request: Any) -> dict[str, Any]:
    """Labels of all experiments, or of a project's, by use."""
    if request.project_id:
        finding.project(call.db, request.project_id)
    rows = call.db.experiments.rows(project_id=request.project_id) if request.project_id else call.db.experiments.rows()
    uses = collections.Counter(label for row in rows for label in row["config"].get("labels") or [])
    return {"labels": sorted(uses, key=lambda label: (-uses[label], label))}


@rpc("GetExperimentValidationHistory")
def get_experiment_validation_history(call: Call, request: Any) -> dict[str, Any]:
    """The validations that were better than all before them, oldest first.

    Until a first number is known every validation counts, one without the metric as 0; NaN is worse than any number.
    """
    experiment = finding.experiment(call.db, request.experiment_id)
    searcher = experiment["config"]["searcher"]
    sign = 1 if searcher.get("smaller_is_better") is not False else -1
    best: tuple[bool, float] | None = None
    history = []
    for report in _validations(call, experiment):
        number = _number(report["metrics"].get("validation_metrics", {}).get(searcher["metric"]))
        error = None if number is None else (math.isnan(number), sign * number)
        if best is None or (error is not None and error < best):
            history.append({"trial_id": report["trial_id"], "end_time": report["end_time"], "searcher_metric": number or 0.0})
        best = error if best is None else min(best, error or best)
    return {"validation_history": history}


def _validations(call: Call, experiment: Row) -> list[Row]:
    trials = call.db.trials.rows(experiment_id=experiment["id"])
    reports = [report for trial in trials for report in call.db.metrics.rows(trial_id=trial["id"])
               if report["group"] == "validation" and not report["archived"]]
    return sorted(reports, key=lambda report: (report["end_time"], -report["trial_id"]))


def _number(value: Any) -> float | None:
    """The metric as the database casts it."""
    if value is None or isinstance(value, (bool, list, dict)):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _job_summary(call: Call, experiment: Row) -> dict[str, Any] | None:
    """Its place in the queue."""
    if not is_running(experiment):
        return None
    return next(({"state": job.state, "jobs_ahead": ahead} for ahead, job in enumerate(queue(call.db))
                 if job.row["job_id"] == experiment["job_id"]), None)
