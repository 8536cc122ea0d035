"""Usage as CSV files: /resources/allocation/... (master: core.go)."""
from __future__ import annotations

import csv
import io
from typing import Any, Iterable, Sequence

from fakedet.domain.errors import Internal, InvalidArgument, NotFound
from fakedet.domain.timestamps import LAYOUT, GoTimeError, format_time_of_go, parse_time
from fakedet.gateway.echo.routing import ANY, EchoRequest, route
from fakedet.gateway.http import HttpReply
from fakedet.services.call import Call
from fakedet.services.usage.aggregated import aggregated_entries
from fakedet.services.usage.allocations import allocations_between
from fakedet.services.usage.raw import raw_entries

RAW = ("experiment_id", "kind", "username", "labels", "slots", "start_time", "end_time", "seconds")
ALLOCATIONS = ("allocation_id", "task_type", "username", "workspace_name", "experiment_id", "slots", "start_time", "end_time",
               "imagepulling_time", "slot_hours", "resource_pool")
AGGREGATED = ("aggregation_type", "aggregation_key", "date", "seconds")
SHORT_LAYOUT = "2006-01-02T15:04:05Z"


@route("GET", "/resources/allocation/raw")
def raw(call: Call, request: EchoRequest) -> HttpReply:
    """Every stretch of work within the period."""
    entries = raw_entries(call.db, *_period(request))
    return _csv(RAW, ([entry.get("experiment_id", 0), entry["kind"], entry["username"], ",".join(map(_label, entry.get("labels", []))),
                       entry["slots"], _time(entry["start_time"]), _time(entry["end_time"]), f"{entry['seconds']:f}"] for entry in entries))


@route("GET", "/resources/allocation/allocations-csv")
def allocations(call: Call, request: EchoRequest) -> HttpReply:
    """Every allocation within the period; images are never pulled here."""
    rows = allocations_between(call.db, *_period(request), call.now)
    return _csv(ALLOCATIONS, ([row["allocation_id"], row["task_type"], row["username"], row["workspace_name"], row["experiment_id"] or "",
                               row["slots"], _time(row["start_time"]), _time(row["end_time"]), "0.0",
                               f"{row['slot_hours']:f}" if row["slot_hours"] else "0.0", row["resource_pool"]] for row in rows))


@route("GET", "/resources/allocation/aggregated")
def aggregated(call: Call, request: EchoRequest) -> HttpReply:
    """Sums by day or month."""
    start, end, period = (_parameter(request, name) for name in ("start_date", "end_date", "period"))
    try:
        entries = aggregated_entries(call, start, end, period)
    except InvalidArgument as error:
        raise Internal(error.as_go_text()) from None
    return _csv(AGGREGATED, (line for entry in entries for line in _sums(entry)))


@route(ANY, "/resources")
@route(ANY, "/resources/{rest*}")
def nothing_else(call: Call, request: EchoRequest) -> HttpReply:
    """The rest of the group has a not-found answer of its own."""
    raise NotFound("Not Found")


def _sums(entry: dict[str, Any]) -> Iterable[Sequence[Any]]:
    kinds = {"experiment_label": entry["by_experiment_label"], "username": entry["by_username"],
             "resource_pool": entry["by_resource_pool"], "total": {"total": entry["seconds"]}}
    for kind, values in kinds.items():
        for key, seconds in values.items():
            yield kind, key, entry["period_start"], f"{seconds:f}"


def _period(request: EchoRequest) -> tuple[int, int]:
    texts = [_parameter(request, name) for name in ("timestamp_after", "timestamp_before")]
    after, before = _moment(texts[0], "start"), _moment(texts[1], "end")
    if after > before:
        raise Internal("start time cannot be after end time")
    return after, before


def _moment(text: str, which: str) -> int:
    try:
        return parse_time(text)
    except GoTimeError as error:
        raise Internal(f"invalid {which} time: {str(error).replace(LAYOUT, SHORT_LAYOUT)}") from None


def _parameter(request: EchoRequest, name: str) -> str:
    value = request.query.get(name)
    if not value:
        raise InvalidArgument(f"missing parameter: {name}")
    return value


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpReply:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return HttpReply(200, [("Content-Type", "text/csv")], text.getvalue().encode("utf-8", "surrogatepass"))


def _label(text: str) -> str:
    return text.replace("\\", "\\\\").replace(",", "\\,")


def _time(time: int | None) -> str:
    return "" if time is None else format_time_of_go(time)
