"""Trials under /api/v1 for clients up to 0.20.1: their workloads have states, and up to 0.19.1 they come with the trial."""
from __future__ import annotations

import json
from typing import Any

from fakedet.gateway.http import HttpReply
from fakedet.gateway.legacy.asking import Ask, altered, translation
from fakedet.gateway.legacy.caller import Caller

_TRIAL = "/api/v1/trials/{id}"
_REPORTS = ("bestValidation", "latestValidation", "latestTraining")
DONE = "STATE_COMPLETED"


def _reads_states(caller: Caller) -> bool:
    return caller.oldest < (0, 20, 2)


@translation("GET", "/api/v1/experiments/{id}/trials", _reads_states)
def of_experiment(ask: Ask) -> HttpReply:
    """A list of trials."""
    return altered(ask.asked(), lambda body: {**body, "trials": [_with_states(trial, ask.caller) for trial in body["trials"]]})


@translation("GET", _TRIAL, _reads_states)
def trial(ask: Ask) -> HttpReply:
    """One trial."""
    def shown(body: dict[str, Any]) -> dict[str, Any]:
        if "trial" not in body:  # no trial was asked for, but /trials/time-series
            return body
        workloads = {"workloads": _workloads(ask)} if ask.caller.oldest < (0, 19, 2) else {}
        return {**body, "trial": _with_states(body["trial"], ask.caller), **workloads}
    return altered(ask.asked(), shown)


@translation("GET", _TRIAL + "/workloads", _reads_states)
def workloads(ask: Ask) -> HttpReply:
    """What a trial has done."""
    return altered(ask.asked(), lambda body: {**body, "workloads": [_contained(one, ask.caller) for one in body["workloads"]]})


def _with_states(message: dict[str, Any], caller: Caller) -> dict[str, Any]:
    return {**message, **{name: _report(message[name], caller) for name in _REPORTS if message.get(name)}}


def _contained(container: dict[str, Any], caller: Caller) -> dict[str, Any]:
    return {kind: _report(work, caller) if work and kind != "checkpoint" else work for kind, work in container.items()}


def _report(message: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """A report of metrics; before 0.18 its metrics were not split into averages and batches."""
    metrics = message["metrics"] or {}
    return {**message, "state": DONE, "metrics": metrics.get("avgMetrics") if caller.before(0, 18) else metrics}


def _workloads(ask: Ask) -> list[Any]:
    reply = ask.asked_with(path=f"/api/v1/trials/{ask.parameters['id']}/workloads", query=[("limit", "-1")])
    if reply.status != 200 or not isinstance(reply.body, bytes):
        return []
    return [_contained(one, ask.caller) for one in json.loads(reply.body)["workloads"]]
