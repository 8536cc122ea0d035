"""The queue by jobs: experiments and commands in the order in which they get slots (master: internal/job/jobservice)."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.errors import Internal
from fakedet.engine.scheduler import DEFAULT_PRIORITY
from fakedet.services.cluster.usage import POOL
from fakedet.services.jobs.requests import Request, all_requests

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
DEFAULT_WEIGHT = 1.0


def require_pool(name: str) -> None:
    """Internal unless this is a pool's name, or none."""
    if name not in ("", POOL):
        raise Internal(f"cannot find resource pool {name}")


@dataclass(frozen=True)
class Job:
    """A job with what it asks for. `entity` is its experiment's or its command's row."""

    row: Row
    entity: Row
    requests: tuple[Request, ...]

    @property
    def state(self) -> str:
        """A job is scheduled as soon as one of its allocations is."""
        return "STATE_SCHEDULED" if any(request.is_running for request in self.requests) else "STATE_QUEUED"

    @property
    def place(self) -> tuple[float, float]:
        """Jobs of smaller numbers first, those submitted earlier first."""
        return priority_of(self.row), self.row["q_position"]


def queue(db: "Database") -> list[Job]:
    """The jobs of users that wait or run, the next one first. Garbage collection is nobody's job."""
    by_job: dict[str, list[Request]] = {}
    for request in all_requests(db):
        by_job.setdefault(request.job_id, []).append(request)
    jobs = (_job(db, job_id, requests) for job_id, requests in by_job.items())
    return sorted(filter(None, jobs), key=lambda job: job.place)


def queue_stats(db: "Database") -> dict[str, int]:
    """How many jobs wait and how many run."""
    scheduled = sum(job.state == "STATE_SCHEDULED" for job in queue(db))
    return {"queued_count": len(queue(db)) - scheduled, "scheduled_count": scheduled}


def priority_of(job: Row) -> int:
    """The priority of a job, the usual one if it names none."""
    return DEFAULT_PRIORITY if job["priority"] is None else job["priority"]


def entity_of(db: "Database", job: Row) -> Row | None:
    """The experiment or the command behind a job."""
    return db.experiments.one(job_id=job["job_id"]) or db.commands.one(job_id=job["job_id"])


def _job(db: "Database", job_id: str, requests: list[Request]) -> Job | None:
    row = db.jobs.one(job_id=job_id)
    entity = None if row is None else entity_of(db, row)
    return None if row is None or entity is None else Job(row, entity, tuple(requests))
