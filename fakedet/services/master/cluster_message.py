"""The message that administrators show to everyone, one at a time (master: api_master.go, db/postgres_cluster_message.go)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.durations import GoDurationError, parse_duration
from fakedet.domain.errors import InvalidArgument
from fakedet.services import rights
from fakedet.services.call import Call
from fakedet.services.registry import rpc

Row = Mapping[str, Any]
LONGEST = 250


@rpc("GetClusterMessage")
def get_cluster_message(call: Call, request: Any) -> dict[str, Any]:
    """The message, also before it is shown, until it is over."""
    rights.require_admin(call)
    message = _newest(call)
    return {"cluster_message": None if message is None else _shown(message)}


@rpc("SetClusterMessage")
def set_cluster_message(call: Call, request: Any) -> dict[str, Any]:
    """Replace the message; one without a start is shown since 1970."""
    rights.require_admin(call)
    start, end = request.start_time or 0, _end(request)
    if len(request.message) > LONGEST:
        raise InvalidArgument(f"invalid input: message must be at most {LONGEST} characters; got {len(request.message)}")
    if end is not None and end < start:
        raise InvalidArgument("invalid input, end time must be after start time")
    if end is not None and end < call.now:
        raise InvalidArgument("invalid input, end time must be after current time")
    _expire_all(call)
    call.db.cluster_messages.insert({"message": request.message, "start_time": start, "end_time": end, "created_time": call.now,
                                     "user_id": call.user["id"]})
    return {}


@rpc("DeleteClusterMessage")
def delete_cluster_message(call: Call, request: Any) -> dict[str, Any]:
    """No message from now on."""
    rights.require_admin(call)
    _expire_all(call)
    return {}


def message_on_show(call: Call) -> dict[str, Any] | None:
    """The message as everyone sees it, once it has started."""
    message = _newest(call)
    return None if message is None or message["start_time"] >= call.now else _shown(message)


def _end(request: Any) -> int | None:
    if request.duration is None:
        end: int | None = request.end_time
        return end
    if request.end_time is not None:
        raise InvalidArgument("EndTime and Duration are mutually exclusive")
    try:
        length = parse_duration(request.duration) // 1000
    except GoDurationError:
        length = -1
    if length < 0:
        raise InvalidArgument("Duration must be a Go-formatted duration string with a positive value")
    return (request.start_time or 0) + length


def _newest(call: Call) -> Row | None:
    messages = call.db.cluster_messages.rows()
    if not messages or (messages[-1]["end_time"] is not None and messages[-1]["end_time"] <= call.now):
        return None
    newest: Row = messages[-1]
    return newest


def _expire_all(call: Call) -> None:
    for message in call.db.cluster_messages.rows():
        if message["end_time"] is None or message["end_time"] >= call.now:
            call.db.cluster_messages.change(message["id"], end_time=call.now)


def _shown(message: Row) -> dict[str, Any]:
    return {name: message[name] for name in ("message", "start_time", "end_time", "created_time")}
