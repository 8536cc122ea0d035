"""The master's config and log, templates and previews of searches outside /api/v1 (master 0.12 to 0.37: core.go, template/api.go,
core_searcher.go)."""
from __future__ import annotations

import base64
import json
from collections import Counter
from typing import Any, Mapping

import yaml

from fakedet.gateway import errors
from fakedet.gateway.echo.routing import EchoRequest, json_reply
from fakedet.gateway.http import HttpReply
from fakedet.gateway.legacy.asking import Ask, translation
from fakedet.gateway.legacy.echo_changing import is_client, settled
from fakedet.gateway.legacy.old_config import BadConfig, is_in_steps, todays_config
from fakedet.gateway.legacy.old_rows import BATCHES_PER_STEP
from fakedet.gateway.legacy.routing import route
from fakedet.services.call import Call
from fakedet.services.master.config import shown_config

_TEMPLATE = "/templates/{name}"
_UNITS = {"batches": "B", "records": "R", "epochs": "E"}


@route("GET", "/config")
def config(call: Call, request: EchoRequest) -> HttpReply:
    """The master's configuration, once for everybody to see."""
    return json_reply(shown_config(call.world))


@translation("GET", "/logs", is_client)
def logs(ask: Ask) -> HttpReply:
    """Its log: the last lines, or those after one."""
    query = dict(ask.query)
    start = int(query["greater_than_id"]) + 1 if "greater_than_id" in query else -int(query.get("tail") or 0)
    reply = ask.asked_with(path="/api/v1/master/logs", query=[("offset", str(start))])
    if reply.status != 200:
        return reply
    content = reply.body if isinstance(reply.body, bytes) else b"".join(reply.body)
    entries = [json.loads(line)["result"]["logEntry"] for line in content.splitlines()]
    return json_reply([{"id": entry["id"], "message": entry["message"], "time": entry["timestamp"],
                        "level": entry["level"].removeprefix("LOG_LEVEL_").lower()} for entry in entries])


@translation("GET", "/templates", is_client)
def templates(ask: Ask) -> HttpReply:
    """All of them."""
    reply = ask.asked_with(path="/api/v1/templates", query=[])
    return json_reply([_template(one) for one in _read(reply)["templates"]]) if reply.status == 200 else settled(reply)


@translation("GET", _TEMPLATE, is_client)
def template(ask: Ask) -> HttpReply:
    """One of them."""
    reply = ask.asked_with(path=f"/api/v1/templates/{ask.parameters['name']}")
    return json_reply(_template(_read(reply)["template"])) if reply.status == 200 else settled(reply)


@translation("PUT", _TEMPLATE, is_client)
def put_template(ask: Ask) -> HttpReply:
    """A new one, or a new config of one."""
    name = ask.parameters["name"]
    return settled(ask.asked_with(path=f"/api/v1/templates/{name}", body={"name": name, "config": ask.sent()}))


@translation("DELETE", _TEMPLATE, is_client)
def delete_template(ask: Ask) -> HttpReply:
    """Away with it."""
    return settled(ask.asked_with(path=f"/api/v1/templates/{ask.parameters['name']}"))


@translation("POST", "/searcher/preview", is_client)
def preview(ask: Ask) -> HttpReply:
    """How many trials would do what: each step and the validation after them up to 0.12, later how long they train."""
    try:
        sent = todays_config(ask.request.body.decode("utf-8", "replace"))
    except BadConfig as error:
        return errors.echo_reply(400, str(error))
    reply = ask.asked_with(path="/api/v1/preview-hp-search", body={"config": sent})
    if reply.status != 200:
        return settled(reply)
    results: Counter[str] = Counter()
    for trials in _read(reply)["summary"]["trials"]:
        results[_told_length(ask, sent["searcher"], trials["unit"])] += trials["count"]
    return json_reply({"results": results, "seed": 0})


def _told_length(ask: Ask, searcher: Mapping[str, Any], unit: Mapping[str, Any]) -> str:
    length = {unit["name"]: unit["value"]} if unit.get("value") else searcher.get("max_length")
    name, number = next(iter(length.items()), ("", 0)) if isinstance(length, Mapping) else ("", length or 0)
    asked = ask.sent()
    if is_in_steps(asked):
        return "S" * (number // (asked.get("batches_per_step") or BATCHES_PER_STEP)) + "V"
    return f"{number}{_UNITS.get(name, '')}" if ask.caller.oldest < (0, 17, 6) else str(number)


def _template(message: Mapping[str, Any]) -> dict[str, Any]:
    text = yaml.safe_dump(message["config"]).encode()
    return {"name": message["name"], "config": base64.b64encode(text).decode()}


def _read(reply: HttpReply) -> Any:
    return json.loads(bytes(reply.body))  # type: ignore[arg-type]
