"""Experiments as clients up to 0.17.11 read them, outside /api/v1 (master 0.12 to 0.17: core_experiment.go, postgres_experiments.go)."""
from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any, Sequence

from fakedet.domain.errors import NotFound
from fakedet.gateway.echo.routing import EchoRequest, json_reply
from fakedet.gateway.http import HttpReply
from fakedet.gateway.legacy.asking import Ask, altered, translation
from fakedet.gateway.legacy.old_rows import Document, Row, config_of, experiment_row, steps_of, trial_row
from fakedet.gateway.legacy.routing import route
from fakedet.services.call import Call

if TYPE_CHECKING:
    from fakedet.store import Database

_EXPERIMENT = "/experiments/{id}"
_POLICY = ("save_experiment_best", "save_trial_best", "save_trial_latest")
#: What the name of a downloaded file may hold, and how much of it is the description.
_NOT_IN_A_NAME, _LONGEST = re.compile(r"[^\w \-()\[\].{}]", re.ASCII), 50


@route("GET", "/experiments")
def experiments(call: Call, request: EchoRequest) -> HttpReply:
    """The newest first, archived ones only where asked for."""
    query = request.query
    rows = [row for row in reversed(call.db.experiments.rows()) if query.get("filter") == "all" or not row["archived"]]
    shown = [experiment_row(call.db, row) for row in rows]
    if query.get("user"):
        shown = [row for row in shown if row["owner"]["username"] == query["user"]]
    start = int(query.get("offset") or 0)
    return json_reply(shown[start:start + int(query["limit"])] if query.get("limit") else shown)


@route("GET", "/experiment-list")
def experiment_list(call: Call, request: EchoRequest) -> HttpReply:
    """What shells complete ids with."""
    rows = reversed(call.db.experiments.rows())
    return json_reply([{"id": row["id"], "description": row["config"].get("description") or "", "labels": row["config"].get("labels") or []}
                       for row in rows])


@route("GET", _EXPERIMENT)
def experiment(call: Call, request: EchoRequest) -> HttpReply:
    """With its trials and their steps."""
    return json_reply(_with_steps(call, experiment_of(call, request), metrics=False))


@route("GET", _EXPERIMENT + "/metrics/summary")
def metrics_summary(call: Call, request: EchoRequest) -> HttpReply:
    """The same with what was measured in training."""
    return json_reply(_with_steps(call, experiment_of(call, request), metrics=True))


@route("GET", _EXPERIMENT + "/config")
def config(call: Call, request: EchoRequest) -> HttpReply:
    """The config alone."""
    return json_reply(config_of(experiment_of(call, request)))


@route("GET", _EXPERIMENT + "/summary")
def summary(call: Call, request: EchoRequest) -> HttpReply:
    """With its trials and how far they are."""
    found = experiment_of(call, request)
    return json_reply(experiment_row(call.db, found, trials=[_summarized(call, trial) for trial in _trials_of(call, found)]))


@route("GET", _EXPERIMENT + "/checkpoints")
def checkpoints(call: Call, request: EchoRequest) -> HttpReply:
    """All of them; or the best ones, of those that have the metric."""
    found = experiment_of(call, request)
    searcher = found["config"]["searcher"]
    rows = sorted((row for trial in _trials_of(call, found) for row in _with_step(call.db, trial)), key=lambda row: row["id"])
    if "best" in request.query:
        measured = [(value, row) for row in rows if (value := _value(row, searcher["metric"])) is not None]
        sign = 1 if searcher.get("smaller_is_better", True) else -1
        rows = [row for _, row in sorted(measured, key=lambda pair: sign * pair[0])][:int(request.query["best"])]
    return json_reply({"metric_name": searcher["metric"], "checkpoints": rows})


@translation("GET", _EXPERIMENT + "/preview_gc")
def preview_gc(ask: Ask) -> HttpReply:
    """What a policy would delete, the experiment's own unless another is named; with the keys that rows had before 0.19.2 too."""
    text, db = ask.parameters["id"], ask.world.db
    found = db.experiments.row(int(text)) if text.isdigit() else None
    if found is None:
        return ask.asked()
    own = {name: str(value) for name, value in found["config"]["checkpoint_storage"].items() if name in _POLICY}
    rows = {row["uuid"]: row for trial in db.trials.rows(experiment_id=found["id"]) for row in _with_step(db, trial)}
    reply = ask.asked_with(query=list({**own, **dict(ask.query)}.items()))
    return altered(reply, lambda body: {**body, "checkpoints": [{**one, **rows.get(one["UUID"], {})} for one in body["checkpoints"]]})


@route("GET", _EXPERIMENT + "/model_def")
def model_def(call: Call, request: EchoRequest) -> HttpReply:
    """The whole context as a tar.gz, named after the experiment."""
    found = experiment_of(call, request)
    described = _NOT_IN_A_NAME.sub("", found["config"].get("description") or "")[:_LONGEST]
    name = f"exp{found['id']}_{described}_model_def.tar.gz"
    headers = [("Content-Type", "application/x-gtar"), ("Content-Disposition", f'attachment; filename="{name}"')]
    return HttpReply(200, headers, base64.b64decode(found["model_definition"]))


def experiment_of(call: Call, request: EchoRequest) -> Row:
    """The experiment that the path names."""
    text = request.parameters["id"]
    found: Row | None = call.db.experiments.row(int(text)) if text.isdigit() else None
    if found is None:
        raise NotFound("Not Found")
    return found


def _trials_of(call: Call, found: Row) -> Sequence[Row]:
    return call.db.trials.rows(experiment_id=found["id"])


def _with_steps(call: Call, found: Row, *, metrics: bool) -> Document:
    trials = [trial_row(trial, steps=steps_of(call.db, trial, metrics=metrics)) for trial in _trials_of(call, found)]
    return experiment_row(call.db, found, trials=trials)


def _summarized(call: Call, trial: Row) -> Document:
    steps = steps_of(call.db, trial)
    done = sum(1 for step in steps if step["checkpoint"] and step["checkpoint"]["state"] == "COMPLETED")
    return trial_row(trial, num_steps=len(steps), num_batches=trial["total_batches"], total_batches_processed=trial["total_batches"],
                     num_completed_checkpoints=done)


def _with_step(db: "Database", trial: Row) -> list[Document]:
    """The trial's checkpoints, each with its step and that one's validation."""
    steps = [step for step in steps_of(db, trial) if step["checkpoint"]]
    return [{**step["checkpoint"], "step": {name: value for name, value in step.items() if name != "checkpoint"}} for step in steps]


def _value(row: Document, metric: str) -> Any:
    validation = row["step"]["validation"]
    return validation and validation["metrics"]["validation_metrics"].get(metric)
