"""Slot seconds by day and by month: in all, by user, by label of experiments and by pool (master: update_aggregated_allocation.sql).

The master adds up each day when it is over; allocations that still run count for nothing.
"""
from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Callable, Iterable, Mapping

from fakedet.domain.dates import day_of, end_of_month, parse_day, parse_month, span_of
from fakedet.domain.errors import InvalidArgument
from fakedet.domain.timestamps import GoTimeError
from fakedet.services.call import Call
from fakedet.services.registry import rpc

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
Sums = dict[str, dict[str, float]]
SECOND = 1_000_000
PERIOD = "RESOURCE_ALLOCATION_AGGREGATION_PERIOD_"
DAILY, MONTHLY = f"{PERIOD}DAILY", f"{PERIOD}MONTHLY"
BY = ("by_username", "by_experiment_label", "by_resource_pool")


@rpc("ResourceAllocationAggregated")
def resource_allocation_aggregated(call: Call, request: Any) -> dict[str, Any]:
    """One entry for each day or month that has been added up."""
    return {"resource_entries": aggregated_entries(call, request.start_date, request.end_date, request.period)}


def aggregated_entries(call: Call, start_text: str, end_text: str, period: Any) -> list[dict[str, Any]]:
    """The entries from one day or month to another, both included."""
    if period not in (DAILY, MONTHLY):
        raise InvalidArgument("no aggregation period specified")
    start, end = _days(start_text, end_text, is_daily=period == DAILY)
    if start > end:
        raise InvalidArgument("start date cannot be after end date")
    form = "%Y-%m-%d" if period == DAILY else "%Y-%m"
    sums: dict[str, Sums] = {}
    for day in _added_up(call, start, end):
        _add(sums.setdefault(day.strftime(form), defaultdict(lambda: defaultdict(float))), _of_day(call.db, day))
    return [{"period_start": name, "period": period, "seconds": found["total"]["total"], **{by: dict(found[by]) for by in BY}}
            for name, found in sums.items()]


def _days(start_text: str, end_text: str, *, is_daily: bool) -> tuple[date, date]:
    parse: Callable[[str], date] = parse_day if is_daily else parse_month
    start = _parsed(parse, start_text, "start", with_reason=is_daily)
    end = _parsed(parse, end_text, "end", with_reason=is_daily)
    return start, end if is_daily else end_of_month(end)


def _parsed(parse: Callable[[str], date], text: str, which: str, *, with_reason: bool) -> date:
    try:
        return parse(text)
    except GoTimeError as error:
        raise InvalidArgument(f"invalid {which} date {error}" if with_reason else f"invalid {which} date") from None


def _added_up(call: Call, start: date, end: date) -> Iterable[date]:
    """The days from the first allocation's on until yesterday, as far as they are asked for."""
    starts = [row["start_time"] for row in call.db.allocations.rows() if row["start_time"] is not None]
    if not starts:
        return
    day, last = max(start, day_of(min(starts))), min(end, day_of(call.now) - timedelta(days=1))
    while day <= last:
        yield day
        day += timedelta(days=1)


def _of_day(db: "Database", day: date) -> Sums:
    sums: Sums = defaultdict(lambda: defaultdict(float))
    sums["total"]["total"] += 0.0
    for allocation in db.allocations.rows():
        seconds = _slot_seconds(allocation, day)
        if seconds is not None:
            _count(db, sums, allocation, seconds)
    return sums


def _count(db: "Database", sums: Sums, allocation: Row, seconds: float) -> None:
    task = db.tasks.one(task_id=allocation["task_id"])
    job = db.jobs.one(job_id=task["job_id"]) if task else None
    experiment = db.experiments.one(job_id=job["job_id"]) if job and task["type"] == "TRIAL" else None
    sums["total"]["total"] += seconds
    sums["by_resource_pool"][allocation["resource_pool"]] += seconds
    if job:
        sums["by_username"][db.users.row(job["owner_id"])["username"]] += seconds
    for label in (experiment["config"].get("labels") or []) if experiment else []:
        sums["by_experiment_label"][label] += seconds


def _slot_seconds(allocation: Row, day: date) -> float | None:
    """How long an allocation that has ended lasted on a day, times its slots; None if it did not."""
    if allocation["start_time"] is None or allocation["end_time"] is None:
        return None
    begin, finish = span_of(day)
    overlap = min(allocation["end_time"], finish) - max(allocation["start_time"], begin)
    return overlap / SECOND * allocation["slots"] if overlap > 0 else None


def _add(total: Sums, more: Sums) -> None:
    for kind, values in more.items():
        for key, seconds in values.items():
            total[kind][key] += seconds
