"""Launching commands of all kinds: they are checked as the master does, and then wait (master: api_command.go and its siblings)."""
from __future__ import annotations

import functools
from typing import Any, Mapping

from fakedet.domain.config.commands import complaint
from fakedet.domain.errors import InvalidArgument, MasterError, missing
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.cluster.usage import POOL, all_slots
from fakedet.services.commands.config import Config, asked_pool, asked_slots, full_config
from fakedet.services.commands.kinds import COMMAND, KINDS, NOTEBOOK, SHELL, TENSORBOARD, Kind
from fakedet.services.commands.messages import command_message
from fakedet.services.commands.names import random_name
from fakedet.services.commands.tensorboards import furnished, require_sources, sources_of
from fakedet.services.config_policies.stored import COMMANDS, check_limits
from fakedet.services.experiments.model_definition import packed
from fakedet.services.jobs.requests import PENDING
from fakedet.services.logs.writing import say
from fakedet.services.registry import rpc

Row = Mapping[str, Any]


def launch(kind: Kind, call: Call, request: Any) -> dict[str, Any]:
    """A command that waits for its slots."""
    if kind is TENSORBOARD:
        require_sources(request)
    config = _checked_config(call, request, kind)
    if kind is NOTEBOOK and request.preview:
        return {kind.name: {}, "config": config, "warnings": []}
    if kind is TENSORBOARD:
        config = furnished(call, config, sources_of(call, request), request.config or {})
    else:
        config["entrypoint"] = [*kind.entrypoint, *((config["entrypoint"] or ()) if kind is COMMAND else ())]
        _check(kind, config)
    row = _insert(call, kind, config, request)
    say(call.world, row["task_id"], f"Scheduling {row['description']} (id: {row['task_id']}.1)")
    if not (kind is COMMAND and call.settings.trials == "local"):
        call.notices.append(f"fakedet runs no {kind.plural}: it ends where a cluster would start it")
    return {kind.name: command_message(call, kind, row), "config": config, "warnings": []}


def _checked_config(call: Call, request: Any, kind: Kind) -> Config:
    sent = request.config or {}
    slots, pool, workspace_id = asked_slots(sent, kind), asked_pool(sent), request.workspace_id or 1
    try:
        if slots < 0 or pool not in ("", POOL):
            raise InvalidArgument(f"resource pool {pool} does not exist or is not available to workspace id {workspace_id}")
        if slots > all_slots(call.db):
            raise InvalidArgument("validating resources: request unfulfillable, please try requesting less slots")
        template = _template(call, request.template_name)
        finding.workspace(call.db, workspace_id)
        config = full_config(template, sent, slots)
        check_limits(call.db, workspace_id, COMMANDS, slots=(slots,), max_slots=None, priority=config["resources"]["priority"])
    except MasterError as error:
        raise type(error)(f"failed to prepare launch params: {error.message}") from None
    if not config["description"] or kind is TENSORBOARD:
        config["description"] = f"{kind.title} ({random_name(call.world)})"
    return config


def _check(kind: Kind, config: Config) -> None:
    text = complaint(config)
    if text is not None:
        raise InvalidArgument(text if kind is SHELL else f"invalid {kind.name} config: {text}")


def _template(call: Call, name: str) -> Mapping[str, Any]:
    if not name:
        return {}
    template = call.db.templates.one(name=name)
    if template is None:
        raise missing("template", name)
    config: Mapping[str, Any] = template["config"]
    return config


def _insert(call: Call, kind: Kind, config: Config, request: Any) -> Row:
    task_id, job_id, start = call.world.ids.uuid(), call.world.ids.uuid(), call.now // 1000 * 1000
    call.db.jobs.insert({"job_id": job_id, "job_type": kind.task_type, "owner_id": call.user["id"], "q_position": call.now,
                         "priority": config["resources"]["priority"], "weight": config["resources"]["weight"]})
    call.db.tasks.insert({"task_id": task_id, "type": kind.task_type, "job_id": job_id, "state": None, "start_time": start, "end_time": None,
                          "config": None, "parent_id": None, "no_pause": None, "forked_from": None, "log_retention_days": None})
    call.db.allocations.insert({
        "allocation_id": f"{task_id}.1", "task_id": task_id, "state": PENDING, "slots": config["resources"]["slots"], "resource_pool": POOL,
        "start_time": None, "end_time": None, "is_ready": None, "exit_reason": None, "exit_error": None, "status_code": None, "ports": {},
        "proxy_address": None})
    number = call.db.commands.insert({
        "task_id": task_id, "type": kind.task_type, "job_id": job_id, "description": config["description"], "state": "QUEUED",
        "user_id": call.user["id"], "workspace_id": request.workspace_id or 1, "config": config, "start_time": start, "exit_status": "",
        "model_definition": packed(request.files), "token": call.world.ids.secret() if kind is NOTEBOOK else None,
        "experiment_ids": list(getattr(request, "experiment_ids", ())), "trial_ids": list(getattr(request, "trial_ids", ()))})
    return call.db.commands.row(number)


for _kind in KINDS:
    rpc(f"Launch{_kind.rpc_name}")(functools.partial(launch, _kind))
