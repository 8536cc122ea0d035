"""Creating and changing experiments outside /api/v1, as clients up to 0.22.1 do (master 0.12 to 0.22: core_experiment.go): each becomes requests
under /api/v1."""
from __future__ import annotations

import json
from typing import Any, Mapping

from fakedet.gateway import errors
from fakedet.gateway.http import HttpReply
from fakedet.gateway.legacy.asking import Ask, translation
from fakedet.gateway.legacy.caller import TODAY, Caller
from fakedet.gateway.legacy.old_config import BadConfig, todays_config

_API = "/api/v1/experiments"
_EXPERIMENT = "/experiments/{id}"
#: What a state in a patch asks for.
_VERBS = {"ACTIVE": "activate", "PAUSED": "pause", "STOPPING_CANCELED": "cancel", "STOPPING_KILLED": "kill"}
_RESOURCES = {"max_slots": "maxSlots", "weight": "weight", "priority": "priority"}
_POLICY = {"save_experiment_best": "saveExperimentBest", "save_trial_best": "saveTrialBest", "save_trial_latest": "saveTrialLatest"}


def is_client(caller: Caller) -> bool:
    """Whether it may have sent what only clients of before today send."""
    return caller.oldest < TODAY


@translation("POST", "/experiments", is_client)
def create(ask: Ask) -> HttpReply:
    """A new experiment, paused unless it says otherwise; or none, where only its config is to be checked."""
    sent = ask.sent() or {}
    try:
        config = todays_config(sent.get("experiment_config") or "")
    except BadConfig as error:
        return errors.echo_reply(400, str(error))
    body = {"config": json.dumps(config), "modelDefinition": sent.get("model_definition") or [], "activate": bool(sent.get("activate")),
            "validateOnly": bool(sent.get("validate_only")), "template": sent.get("template") or None,
            "parentId": sent.get("parent_id"), "gitRemote": sent.get("git_remote"), "gitCommit": sent.get("git_commit"),
            "gitCommitter": sent.get("git_committer"), "gitCommitDate": sent.get("git_commit_date")}
    reply = ask.asked_with(path=_API, body={name: value for name, value in body.items() if value is not None})
    if reply.status != 200:
        return _refused(reply)
    return HttpReply(204) if body["validateOnly"] else _created(reply)


@translation("PATCH", _EXPERIMENT, is_client)
def patch(ask: Ask) -> HttpReply:
    """A merge patch: a state, a place in the archive, or fields."""
    sent, number = ask.sent(), ask.parameters["id"]
    if not isinstance(sent, dict):
        return errors.echo_reply(400, "bad request")
    for verb in _verbs(sent):
        reply = ask.asked_with(method="POST", path=f"{_API}/{number}/{verb}", body={})
        if reply.status != 200:
            return _refused(reply)
    fields = _fields(ask, sent)
    if "resources" in fields and _has_ended(ask):
        return _patch_ended(ask, fields)
    return settled(ask.asked_with(path=f"{_API}/{number}", body=fields)) if fields else HttpReply(204)


@translation("DELETE", _EXPERIMENT, is_client)
def delete(ask: Ask) -> HttpReply:
    """Remove an experiment."""
    return settled(ask.asked_with(path=f"{_API}/{ask.parameters['id']}"))


@translation("POST", "/{kind}/{id}/kill", is_client)
def kill(ask: Ask) -> HttpReply:
    """Stop an experiment or a trial at once."""
    return settled(ask.asked_with(path=f"/api/v1/{ask.parameters['kind']}/{ask.parameters['id']}/kill"))


def _has_ended(ask: Ask) -> bool:
    found = _experiment(ask)
    return found is not None and found["end_time"] is not None


def _patch_ended(ask: Ask, fields: Mapping[str, Any]) -> HttpReply:
    """The resources of an experiment that needs none any more were kept in its config, and that was all."""
    others = {name: value for name, value in fields.items() if name != "resources"}
    reply = settled(ask.asked_with(path=f"{_API}/{ask.parameters['id']}", body=others))
    if reply.status == 204:
        config, resources = _experiment(ask)["config"], ask.sent()["resources"]
        changed = {**config["resources"], **{name: resources[name] for name in _RESOURCES if name in resources}}
        ask.world.db.experiments.change(int(ask.parameters["id"]), config={**config, "resources": changed})
    return reply


def _experiment(ask: Ask) -> Any:
    number = ask.parameters["id"]
    return ask.world.db.experiments.row(int(number)) if number.isdigit() else None


def _created(reply: HttpReply) -> HttpReply:
    made = json.loads(bytes(reply.body))["experiment"]  # type: ignore[arg-type]
    body = {"id": made["id"], "archived": made["archived"], "config": made["config"], "labels": made["labels"]}
    return HttpReply(201, [("Content-Type", "application/json; charset=UTF-8"), ("Location", f"/experiments/{made['id']}")],
                     json.dumps(body).encode() + b"\n")


def _verbs(sent: Mapping[str, Any]) -> list[str]:
    state = [_VERBS[sent["state"]]] if sent.get("state") in _VERBS else []
    return state + (["archive" if sent["archived"] else "unarchive"] if isinstance(sent.get("archived"), bool) else [])


def _fields(ask: Ask, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The patch of today that says the same."""
    fields: dict[str, Any] = {name: sent[name] for name in ("description", "name") if name in sent}
    for name, json_name, names in (("resources", "resources", _RESOURCES), ("checkpoint_storage", "checkpointStorage", _POLICY)):
        if isinstance(sent.get(name), dict):
            fields[json_name] = {names[key]: value for key, value in sent[name].items() if key in names}
    if isinstance(sent.get("labels"), dict):
        fields["labels"] = _labels(ask, sent["labels"])
    return fields


def _labels(ask: Ask, changed: Mapping[str, Any]) -> list[str]:
    """The labels with those that are true added and those that are null taken away."""
    row = _experiment(ask)
    present = (row["config"].get("labels") or []) if row else []
    return [label for label in present if label not in changed] + [label for label, kept in changed.items() if kept]


def settled(reply: HttpReply) -> HttpReply:
    """Nothing where all is well, else an error as the routes outside /api/v1 tell it."""
    return HttpReply(204) if reply.status == 200 else _refused(reply)


def _refused(reply: HttpReply) -> HttpReply:
    """An error of /api/v1 as the routes outside tell it."""
    told = json.loads(bytes(reply.body)).get("error") or {}  # type: ignore[arg-type]
    return errors.echo_reply(400 if reply.status == 500 else reply.status, told.get("error", ""))
