"""Changing places in the queue: by priority and weight only (master: jobservice/jobservice.go)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.errors import Internal
from fakedet.services.call import Call
from fakedet.services.cluster.usage import POOL
from fakedet.services.experiments.held_config import hold
from fakedet.services.jobs.queue import entity_of
from fakedet.services.registry import rpc
from fakedet.services.trials.states import is_running

Row = Mapping[str, Any]
LOWEST, HIGHEST = 1, 99


@rpc("UpdateJobQueue")
def update_job_queue(call: Call, request: Any) -> dict[str, Any]:
    """Carry out those updates that can be, and tell what is wrong with the others; anyone may."""
    mistakes = []
    for update in request.updates:
        try:
            _update(call, _job(call, update.job_id), update)
        except Internal as error:
            mistakes.append(error.message)
    if mistakes:
        several = "encountered the following errors: " if len(mistakes) > 1 else ""
        raise Internal(several + ", ".join(mistakes)).after_saving()
    return {}


def _job(call: Call, job_id: str) -> Row:
    job = call.db.jobs.one(job_id=job_id)
    if job is None or not _is_queued(entity_of(call.db, job), job):
        raise Internal(f"job {job_id} not found")
    return job


def _is_queued(entity: Row | None, job: Row) -> bool:
    """Experiments leave the queue when they end."""
    return entity is not None and (job["job_type"] != "EXPERIMENT" or is_running(entity))


def _update(call: Call, job: Row, update: Any) -> None:
    if update.priority is not None:
        if not LOWEST <= update.priority <= HIGHEST:
            raise Internal(f"priority must be between {LOWEST} and {HIGHEST}")
        _set(call, job, {"priority": update.priority})
    elif update.weight is not None:
        _set(call, job, {"weight": update.weight})
    elif update.resource_pool is not None:
        raise _no_other_pool(job, update.resource_pool)
    else:
        neighbour = update.ahead_of if update.ahead_of is not None else update.behind_of
        raise Internal(f"unexpected action: {'<nil>' if neighbour is None else f'&{{{neighbour}}}'}")


def _set(call: Call, job: Row, changes: dict[str, Any]) -> None:
    if job["job_type"] == "EXPERIMENT":
        hold(call.db, call.db.experiments.one(job_id=job["job_id"]), changes)
    else:
        call.db.jobs.change(job["id"], **changes)


def _no_other_pool(job: Row, pool: str) -> Internal:
    if job["job_type"] != "EXPERIMENT":
        return Internal(f"setting resource pool for job type {job['job_type']} is not supported")
    if pool != POOL:
        return Internal(f"invalid resource pool name {pool}")
    return Internal(f"resource pool is unchanged ({POOL} == {POOL})")
