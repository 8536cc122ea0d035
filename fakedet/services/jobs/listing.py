"""The job queue as clients see it (master: api_job.go)."""
from __future__ import annotations

from typing import Any, Sequence

from fakedet.domain.paging import Page, slice_page
from fakedet.services.call import Call
from fakedet.services.cluster.usage import POOL
from fakedet.services.experiments.held_config import held_config, held_project
from fakedet.services.experiments.live_searchers import LiveSearchers
from fakedet.services.jobs.aggregates import queued_seconds
from fakedet.services.jobs.queue import DEFAULT_WEIGHT, Job, priority_of, queue, queue_stats, require_pool
from fakedet.services.matching import DESCENDING
from fakedet.services.registry import rpc

USUAL_PAGE = 100


@rpc("GetJobs")
def get_jobs(call: Call, request: Any) -> dict[str, Any]:
    """A page of the queue."""
    messages, page = _messages(call, request)
    return {"jobs": messages, "pagination": page.block()}


@rpc("GetJobsV2")
def get_jobs_v2(call: Call, request: Any) -> dict[str, Any]:
    """The same; everyone may see all of each job."""
    messages, page = _messages(call, request)
    return {"jobs": [{"full": message} for message in messages], "pagination": page.block()}


@rpc("GetJobQueueStats")
def get_job_queue_stats(call: Call, request: Any) -> dict[str, Any]:
    """How many jobs wait in each pool that is asked for, and for how long they did of late."""
    if request.resource_pools and POOL not in request.resource_pools:
        return {"results": []}
    return {"results": [{"resource_pool": POOL, "stats": queue_stats(call.db), "aggregates": queued_seconds(call.db, call.now)}]}


def job_message(call: Call, job: Job, ahead: int) -> dict[str, Any]:
    """The Job message."""
    is_experiment = "project_id" in job.entity
    owner = call.db.users.row(job.row["owner_id"])
    return {
        "summary": {"state": job.state, "jobs_ahead": ahead}, "type": f"TYPE_{job.row['job_type']}",
        "submission_time": job.entity["start_time"], "username": owner["username"], "user_id": owner["id"], "resource_pool": POOL,
        "priority": priority_of(job.row), "weight": DEFAULT_WEIGHT if job.row["weight"] is None else job.row["weight"],
        "entity_id": str(job.entity["id"]) if is_experiment else job.entity["task_id"], "job_id": job.row["job_id"],
        "requested_slots": sum(request.slots for request in job.requests),
        "allocated_slots": sum(request.slots for request in job.requests if request.is_running),
        "name": held_config(job.entity)["name"] if is_experiment else job.entity["description"],
        "progress": call.world.the(LiveSearchers).of(job.entity).progress() if is_experiment else 0.0,
        "workspace_id": call.db.projects.row(held_project(job.entity))["workspace_id"] if is_experiment else job.entity["workspace_id"],
    }


def _messages(call: Call, request: Any) -> tuple[Sequence[dict[str, Any]], Page]:
    require_pool(request.resource_pool)
    numbered = [(ahead, job) for ahead, job in enumerate(queue(call.db)) if not request.states or job.state in request.states]
    if request.order_by == DESCENDING:
        numbered.reverse()
    page = slice_page(len(numbered), request.offset, request.limit or USUAL_PAGE)
    return [job_message(call, job, ahead) for ahead, job in page.cut(numbered)], page
