"""Checkpoints under /api/v1 for older clients: how lists are sorted and filtered, the shape of 0.13 to 0.17, metadata."""
from __future__ import annotations

import json
from typing import Any, Mapping

from fakedet.gateway.http import HttpReply
from fakedet.gateway.legacy.asking import Ask, Pairs, altered, translation
from fakedet.gateway.legacy.caller import Caller
from fakedet.gateway.legacy.flat_checkpoint import OWN_FIELDS, flattened

_METADATA = "/api/v1/checkpoints/{uuid}/metadata"
#: What 0.26.2 renamed.
_SORT = ("sortBy", "sort_by")
#: Orders that are gone, and what comes closest.
_GONE_ORDERS = {"SORT_BY_START_TIME": "SORT_BY_END_TIME", "SORT_BY_VALIDATION_STATE": "SORT_BY_STATE"}


def _is_flat(caller: Caller) -> bool:
    return caller.before(0, 19, 8) and caller.oldest < (0, 18)


def _anyone(caller: Caller) -> bool:
    return caller.oldest < (0, 26, 5)


@translation("GET", "/api/v1/checkpoints/{uuid}", _is_flat)
def checkpoint(ask: Ask) -> HttpReply:
    """One checkpoint, flat."""
    return altered(ask.asked(), lambda body: {"checkpoint": flattened(body["checkpoint"], ask.caller)})


@translation("POST", _METADATA)
def post_metadata(ask: Ask) -> HttpReply:
    """Clients send all that they know of the metadata, which is not what the master keeps there itself."""
    sent = ask.sent()
    given = sent.get("checkpoint") if isinstance(sent, dict) else None
    if not isinstance(given, dict) or not isinstance(given.get("metadata"), dict):
        return ask.asked()
    metadata = {**_kept(ask), **given["metadata"]}
    reply = ask.asked_with(body={"checkpoint": {"metadata": metadata}})
    return altered(reply, lambda body: {"checkpoint": flattened(body["checkpoint"], ask.caller)}) if _is_flat(ask.caller) else reply


@translation("GET", "/api/v1/experiments/{id}/checkpoints", _anyone)
def of_experiment(ask: Ask) -> HttpReply:
    """Up to 0.19.2 clients want validated ones only, trial by trial, the newest first."""
    query = _renamed(ask)
    validated = any(name in ("validation_states", "validationStates") for name, _ in query)
    reply = ask.asked_with(query=[(name, value) for name, value in query if name not in ("validation_states", "validationStates")])
    if validated:
        reply = altered(reply, lambda body: {**body, "checkpoints": _by_trial(filter(_is_validated, body["checkpoints"]))})
    return _flat_list(ask, reply)


@translation("GET", "/api/v1/trials/{id}/checkpoints", _anyone)
def of_trial(ask: Ask) -> HttpReply:
    """Up to 0.19.2 clients ask for a direction only and mean the batches."""
    query = _renamed(ask)
    if ask.caller.is_old and not any(name.startswith("sortBy") for name, _ in query):
        query.append(("sortByAttr", "SORT_BY_BATCH_NUMBER"))
    return _flat_list(ask, ask.asked_with(query=query))


def _renamed(ask: Ask) -> Pairs:
    """The query in today's words. Clients of 0.26.2 to 0.26.4 ask for the best one and forget to say so, against their documentation."""
    query = _sorted_by_attribute(ask.query)
    names = {name for name, _ in query}
    if {"limit", "offset"} <= names and not names & {"sortByAttr", "sortByMetric", "orderBy"} and not ask.world.settings.upstream:
        query.append(("sortByAttr", "SORT_BY_SEARCHER_METRIC"))
    return query


def _sorted_by_attribute(query: Pairs) -> Pairs:
    return [("sortByAttr", _GONE_ORDERS.get(value, value)) if name in _SORT else (name, value) for name, value in query]


def _is_validated(message: Mapping[str, Any]) -> bool:
    return ((message.get("training") or {}).get("validationMetrics") or {}).get("avgMetrics") is not None


def _by_trial(messages: Any) -> list[dict[str, Any]]:
    return sorted(messages, key=lambda message: (message["training"].get("trialId") or 0, -message["metadata"].get("steps_completed", 0)))


def _flat_list(ask: Ask, reply: HttpReply) -> HttpReply:
    if not _is_flat(ask.caller):
        return reply
    of_bindings = any(name in ("sortBy", "orderBy", "offset", "limit") for name, _ in ask.query)
    return altered(reply, lambda body: {
        **body, "checkpoints": [flattened(message, ask.caller, keep_metadata=of_bindings and ask.caller.may_be(0, 18))
                                for message in body["checkpoints"]]})


def _kept(ask: Ask) -> dict[str, Any]:
    """The master's own part of the metadata that is stored now."""
    reply = ask.asked_with(method="GET", path=f"/api/v1/checkpoints/{ask.parameters['uuid']}", body=None)
    if reply.status != 200 or not isinstance(reply.body, bytes):
        return {}
    stored = json.loads(reply.body)["checkpoint"].get("metadata") or {}
    return {name: stored[name] for name in OWN_FIELDS if name in stored}
