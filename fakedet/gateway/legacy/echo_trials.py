"""Trials and their logs as clients up to 0.19.1 read them, outside /api/v1 (master 0.12 to 0.19: core_trial.go)."""
from __future__ import annotations

from typing import Any

from fakedet.domain.errors import NotFound
from fakedet.gateway.echo.routing import EchoRequest, json_reply
from fakedet.gateway.http import HttpReply
from fakedet.gateway.legacy.old_rows import Row, steps_of, trial_row
from fakedet.gateway.legacy.routing import route
from fakedet.services.call import Call

_TRIAL = "/trials/{id}"


@route("GET", _TRIAL)
def trial(call: Call, request: EchoRequest) -> HttpReply:
    """With its steps."""
    found = _trial_of(call, request)
    return json_reply(trial_row(found, steps=steps_of(call.db, found)))


@route("GET", _TRIAL + "/metrics")
def metrics(call: Call, request: EchoRequest) -> HttpReply:
    """With what was measured in them."""
    found = _trial_of(call, request)
    return json_reply(trial_row(found, steps=steps_of(call.db, found, metrics=True)))


@route("GET", _TRIAL + "/logsv2")
def logs(call: Call, request: EchoRequest) -> HttpReply:
    """Lines after the one that `offset` names; with a limit alone, the last ones."""
    found = _trial_of(call, request)
    offset, limit = _number(request, "offset"), _number(request, "limit")
    lines = _lines(call, found)
    if offset is None and limit is not None:
        return json_reply(lines[-limit:] if limit else [])
    after = [line for line in lines if line["id"] > (offset or 0)]
    return json_reply(after if limit is None else after[:limit])


def _lines(call: Call, trial: Row) -> list[dict[str, Any]]:
    tasks = call.db.trial_tasks.rows(trial_id=trial["id"])
    rows = sorted((row for task in tasks for row in call.db.task_logs.rows(task_id=task["task_id"])), key=lambda row: row["id"])
    return [{"id": row["id"], "state": trial["state"], "message": row["log"]} for row in rows]


def _trial_of(call: Call, request: EchoRequest) -> Row:
    text = request.parameters["id"]
    found: Row | None = call.db.trials.row(int(text)) if text.isdigit() else None
    if found is None:
        raise NotFound("Not Found")
    return found


def _number(request: EchoRequest, name: str) -> int | None:
    text = request.query.get(name, "")
    return int(text) if text.isdigit() else None
