"""Adding log lines: posted by clients, by the shipper of detached runs, and by the engine for the trials it plays."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, Mapping

from fakedet.domain.errors import InvalidArgument
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.logs import book, policies
from fakedet.services.registry import rpc
from fakedet.services.webhooks import events

if TYPE_CHECKING:
    from fakedet.world import World

OPTIONAL = ("allocation_id", "agent_id", "container_id", "rank_id", "source", "stdtype")


@rpc("PostTaskLogs")
def post_task_logs(call: Call, request: Any) -> dict[str, Any]:
    """Lines of one task; a line without a time is of 1970."""
    if not request.logs:
        raise InvalidArgument("len logs must be greater than 0")
    task_id = request.logs[0].task_id
    finding.task(call.db, task_id)
    for line in request.logs:
        if line.id is not None:
            raise InvalidArgument(f"ID must be nil on logs got {line.id} instead")
        if line.task_id != task_id:
            raise InvalidArgument("can only post logs of a single taskID per task log request got "
                                  f"'{task_id}' and '{line.task_id}'")
    lines = [_posted(line) for line in request.logs]
    append(call.world, task_id, lines)
    policies.watch(call.world, task_id, lines)
    return {}


def append(world: "World", task_id: str, lines: Iterable[Mapping[str, Any]]) -> None:
    """Add lines to a task. Each has `log` and may have `timestamp`, `level` (without prefix) and the optional fields."""
    if world.db.webhook_triggers.tally(trigger_type="TASK_LOG"):
        lines = list(lines)
        events.lines_added(world, task_id, lines)
    book.add(world.db, task_id, (
        {"task_id": task_id, "log": line["log"], "timestamp": line.get("timestamp"), "level": line.get("level"),
         **{name: line.get(name) for name in OPTIONAL}} for line in lines))


def say(world: "World", task_id: str, *lines: str, level: str = "INFO") -> None:
    """Lines of the master in the log of a task."""
    fields = {"timestamp": world.now(), "level": level, "source": "master", "stdtype": "stdout"}
    append(world, task_id, [{"log": line + "\n", **fields} for line in lines])


def _posted(line: Any) -> dict[str, Any]:
    level = None if line.level is None else str(line.level).removeprefix("LOG_LEVEL_")
    return {"log": line.log, "timestamp": line.timestamp or 0, "level": level,
            **{name: getattr(line, name) for name in OPTIONAL}}
