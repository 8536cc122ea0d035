"""Checkpoints and their metadata as clients up to 0.13.1 read them, outside /api/v1 (master 0.12 to 0.17: core_checkpoints.go)."""
from __future__ import annotations

from typing import Any, Iterable
from urllib.parse import parse_qsl

from fakedet.domain.errors import Internal, InvalidArgument, NotFound
from fakedet.domain.go_uuid import BadUuid, parse_uuid
from fakedet.domain.timestamps import format_time_of_go
from fakedet.gateway.echo.routing import EchoRequest, json_reply
from fakedet.gateway.http import HttpReply
from fakedet.gateway.legacy.flat_checkpoint import FIELDS, plain_metadata
from fakedet.gateway.legacy.old_rows import Document, Row, config_of, jsonb
from fakedet.gateway.legacy.routing import route
from fakedet.services.call import Call
from fakedet.services.checkpoints.view import CheckpointView, of_row, of_trial

_CHECKPOINT = "/checkpoints/{uuid}"
#: What the old master said of a checkpoint without a validation.
UNVALIDATED = 'sql: Scan error on column index 13, name "metrics": unsupported Scan, storing driver.Value type <nil> into type *json.RawMessage'


@route("GET", "/checkpoints")
def checkpoints(call: Call, request: EchoRequest) -> HttpReply:
    """Those of a trial, or the validated ones of an experiment; the newest first. The state is left out."""
    views = _of_trial(call, request) if "trial_id" in request.query else _of_experiment(call, request)
    newest = sorted(views, key=lambda view: view.report_time, reverse=True)
    return json_reply([{**_shown(view), "state": "", "validation_state": "COMPLETED"} for view in newest])


@route("GET", _CHECKPOINT)
def checkpoint(call: Call, request: EchoRequest) -> HttpReply:
    """One of them."""
    view = of_row(call.db, _row(call, request))
    return json_reply({**_shown(view), "state": f"STATE_{view.state}", "validation_state": "STATE_COMPLETED"})


@route("POST", _CHECKPOINT + "/metadata")
def add_metadata(call: Call, request: EchoRequest) -> HttpReply:
    """Lay new metadata over the old: all of it is the reply."""
    row, sent = _row(call, request), request.json()
    if not isinstance(sent, dict) or not isinstance(sent.get("metadata"), dict):
        raise InvalidArgument("metadata must be an object")
    return _kept(call, row, {**row["metadata"], **sent["metadata"]})


@route("DELETE", _CHECKPOINT + "/metadata")
def remove_metadata(call: Call, request: EchoRequest) -> HttpReply:
    """Take keys out; unknown ones do not matter."""
    row = _row(call, request)
    gone = {value for name, value in parse_qsl(request.http.query) if name == "keys"} & plain_metadata(row["metadata"]).keys()
    return _kept(call, row, {name: value for name, value in row["metadata"].items() if name not in gone})


def _kept(call: Call, row: Row, metadata: Document) -> HttpReply:
    call.db.checkpoints.change(row["id"], metadata=metadata)
    return json_reply(dict(sorted(plain_metadata(metadata).items())))


def _of_trial(call: Call, request: EchoRequest) -> Iterable[CheckpointView]:
    trial = _numbered(call.db.trials, request.query["trial_id"])
    return [] if trial is None else of_trial(call.db, trial, call.db.experiments.row(trial["experiment_id"]))


def _of_experiment(call: Call, request: EchoRequest) -> Iterable[CheckpointView]:
    experiment = _numbered(call.db.experiments, request.query.get("experiment_id", ""))
    trials = [] if experiment is None else call.db.trials.rows(experiment_id=experiment["id"])
    views = (view for trial in trials for view in of_trial(call.db, trial, experiment))
    return [view for view in views if view.state == "COMPLETED" and view.validation_metrics is not None]


def _numbered(table: Any, text: str) -> Row | None:
    return table.row(int(text)) if text.isdigit() else None


def _row(call: Call, request: EchoRequest) -> Row:
    uuid = request.parameters["uuid"]
    try:
        parse_uuid(uuid)
    except BadUuid:
        raise Internal(f'pq: invalid input syntax for type uuid: "{uuid}"') from None
    row: Row | None = call.db.checkpoints.one(uuid=uuid)
    if row is None:
        raise NotFound("Not Found")
    return row


def _shown(view: CheckpointView) -> Document:
    """The wide row of 0.12.7 with the keys of the narrow one of 0.12.4."""
    if view.validation_metrics is None or view.trial is None or view.experiment is None:
        raise Internal(UNVALIDATED)
    metadata, config, when = view.row["metadata"], config_of(view.experiment), format_time_of_go(view.report_time)
    searcher = config["searcher"]
    return {
        "uuid": view.uuid, "experiment_config": config, "experiment_id": view.experiment["id"], "hparams": jsonb(view.trial["hparams"]),
        "trial_id": view.trial["id"], **{name: metadata.get(name, "") for name in FIELDS}, "batch_number": view.steps_completed or 0,
        "start_time": when, "end_time": when, "metadata": jsonb(plain_metadata(metadata)), "resources": jsonb(view.row["resources"]),
        "metrics": {"num_inputs": 0, "validation_metrics": jsonb(view.validation_metrics)}, "metric": searcher["metric"],
        "smaller_is_better": searcher.get("smaller_is_better", True), "checkpoint_storage": config["checkpoint_storage"]}
