"""Reading single experiments and small facts of them (master: api_experiment.go)."""
from __future__ import annotations

import collections
import math
from typing import Any, Mapping

from fakedet.domain.errors import Internal
from fakedet.domain.go_json_text import marshal
from fakedet.domain.metric_values import as_json
from fakedet.domain.timestamps import format_time_of_go
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.experiments.messages import experiment_message, resource_pool
from fakedet.services.jobs.queue import queue, require_pool
from fakedet.services.registry import rpc

Row = Mapping[str, Any]
#: The states of experiments that may be in the job queue.
ACTIVE = ("ACTIVE", "RUNNING")
#: What rounds to no finite float of 32 bits any more.
BEYOND_FLOAT32 = float.fromhex("0x1.ffffffp127")


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
            history.append({"trial_id": report["trial_id"], "end_time": report["end_time"], "searcher_metric": number})
        best = error if best is None else min(best, error or best)
    _check_range(experiment, history)
    return {"validation_history": [{**one, "searcher_metric": one["searcher_metric"] or 0.0} for one in history]}


def _check_range(experiment: Row, history: list[dict[str, Any]]) -> None:
    """The master reads its query's JSON into floats of 32 bits; a number that is none of them fails, told by its place in the text."""
    for place, one in enumerate(history):
        value = one["searcher_metric"]
        if value is not None and BEYOND_FLOAT32 <= abs(value) < math.inf:
            text = marshal({"validation_history": list(map(_as_queried, history[:place + 1]))})
            column = text.rindex('"searcher_metric":') + len('"searcher_metric":') + 1
            raise Internal(f"error fetching validation history for experiment from database: {experiment['id']}: error running query: "
                           "proto_experiment_validation_history: error converting row to Protobuf struct: "
                           f"proto:\u00a0(line 1:{column}): invalid value for float type: {marshal(value)}")


def _as_queried(one: dict[str, Any]) -> dict[str, Any]:
    time = format_time_of_go(one["end_time"]).removesuffix("Z") + "+00:00"
    value = one["searcher_metric"]
    return {"end_time": time, "searcher_metric": value if value is None else as_json(value), "trial_id": one["trial_id"]}


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
    """Its place in the queue of its pool, if it is active; unmanaged ones may name a pool that is not there."""
    if experiment["state"] not in ACTIVE:
        return None
    require_pool(resource_pool(experiment["config"]))
    return next(({"state": job.state, "jobs_ahead": ahead} for ahead, job in enumerate(queue(call.db))
                 if job.row["job_id"] == experiment["job_id"]), None)
