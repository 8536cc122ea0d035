"""What masters once answered to requests that tell nothing of the client: known by an old sign-in, or only from the setting `client`."""
from __future__ import annotations

from contextlib import suppress
from typing import Any

from fakedet.domain.errors import FailedPrecondition, Internal
from fakedet.gateway import errors
from fakedet.gateway.http import HttpReply
from fakedet.gateway.legacy.asking import Ask, altered, translation
from fakedet.gateway.legacy.caller import Caller
from fakedet.services.checkpoints.collecting import start_task

_EXPERIMENT = "/api/v1/experiments/{id}"
#: How long after its end an experiment was still about to go, in microseconds.
_GOING = 10_000_000


class _Refused(Exception):
    """What was asked for did not happen, and neither shall what was done for it."""


def _told(caller: Caller) -> bool:
    return caller.told


@translation("GET", "/info", _told)
def info(ask: Ask) -> HttpReply:
    """The master is as old as its client: det prints nothing about different versions, up to 0.15.6 on its standard output."""
    version = ".".join(map(str, ask.caller.newest))
    return altered(ask.asked(), lambda body: {**body, "version": version})


@translation("POST", _EXPERIMENT + "/activate", lambda caller: caller.before(0, 27))
def activate(ask: Ask) -> HttpReply:
    """An ended experiment was not missing."""
    reply = ask.asked()
    if reply.status == 404 and _experiment(ask) is not None:
        return errors.unary_reply(FailedPrecondition("experiment in terminal state"))
    return reply


@translation("POST", _EXPERIMENT + "/archive", lambda caller: caller.before(0, 20))
def archive(ask: Ask) -> HttpReply:
    """Archiving twice was no error."""
    found = _experiment(ask)
    if found is not None and found["archived"]:
        return HttpReply(200, [("Content-Type", "application/json")], b"{}")
    return ask.asked()


@translation("DELETE", _EXPERIMENT)
def delete(ask: Ask) -> HttpReply:
    """A task took the checkpoints away even where there were none: the experiment is there until an agent has executed it."""
    experiment = _experiment(ask)
    if experiment is None:
        return ask.asked()
    nothing = {"experiment_id": experiment["id"], "storage_id": None, "checkpoints": [], "globs": [], "tensorboard": False}
    with suppress(_Refused), ask.world.db.transaction():
        start_task(ask.world, f"{experiment['id']}.{ask.world.ids.uuid()}", experiment["job_id"], nothing)
        reply = ask.asked()
        if reply.status != 200:
            raise _Refused
    return reply


@translation("POST", _EXPERIMENT + "/kill", lambda caller: caller.told and not caller.before(0, 22, 2) and caller.before(0, 26))
def kill(ask: Ask) -> HttpReply:
    """Who was about to go did not answer: neither as one that runs, nor as one that has ended."""
    found = _experiment(ask)
    if found is not None and not found["unmanaged"] and found["end_time"] and ask.world.now() - found["end_time"] < _GOING:
        return errors.unary_reply(Internal("KillExperiments returned neither pass nor fail on query."))
    return ask.asked()


@translation("GET", _EXPERIMENT + "/trials", lambda caller: caller.before(0, 20))
def trials(ask: Ask) -> HttpReply:
    """A trial that waits for its first slots was not there yet."""
    def started(body: dict[str, Any]) -> dict[str, Any]:
        shown = [trial for trial in body["trials"] if _has_started(ask, trial["id"])]
        gone = len(body["trials"]) - len(shown)
        page = {name: number - gone if name in ("endIndex", "total") else number for name, number in body["pagination"].items()}
        return {**body, "trials": shown, "pagination": page}
    return altered(ask.asked(), started)


@translation("GET", "/api/v1/trials/{id}/checkpoints", lambda caller: caller.told and caller.before(0, 26, 5))
def unmeasured_first(ask: Ask) -> HttpReply:
    """The smallest metric first meant those without it before all others."""
    reply = ask.asked()
    query = dict(ask.query)
    if query.get("sortByAttr") != "SORT_BY_SEARCHER_METRIC" or query.get("orderBy") != "ORDER_BY_ASC":
        return reply
    return altered(reply, lambda body: {**body, "checkpoints": sorted(
        body["checkpoints"], key=lambda message: message["training"].get("searcherMetric") is not None)})


def _experiment(ask: Ask) -> Any:
    number = ask.parameters["id"]
    return ask.world.db.experiments.row(int(number)) if number.isdigit() else None


def _has_started(ask: Ask, trial_id: int) -> bool:
    db = ask.world.db
    trial = db.trials.row(trial_id)
    if trial is None or db.experiments.row(trial["experiment_id"])["unmanaged"]:
        return True
    return any(db.allocations.tally(task_id=task["task_id"]) for task in db.trial_tasks.rows(trial_id=trial_id))
