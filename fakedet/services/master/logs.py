"""The master's own log, of which fakedet writes no more than how it began (master: api_master.go)."""
from __future__ import annotations

from typing import Any, Iterator

from fakedet.domain.errors import InvalidArgument
from fakedet.engine.clock import BEGINNING
from fakedet.services import rights
from fakedet.services.call import Call
from fakedet.services.master.identity import VERSION, cluster_id
from fakedet.services.registry import rpc
from fakedet.services.task_log_retention import remove_expired_logs


@rpc("MasterLogs")
def master_logs(call: Call, request: Any) -> Iterator[dict[str, Any]]:
    """The entries from `offset` on, which may count from the end; whoever follows waits in vain for more."""
    if request.limit < 0:
        raise InvalidArgument("Limit must be >= 0")
    if request.limit and request.follow:
        raise InvalidArgument("Limit cannot be specified when following")
    entries = _entries(call)
    start = request.offset if request.offset >= 0 else max(0, len(entries) + request.offset)
    for number, text in list(enumerate(entries))[start:start + request.limit if request.limit else None]:
        yield {"log_entry": {"id": number, "message": text, "timestamp": BEGINNING, "level": "LOG_LEVEL_INFO"}}
    while request.follow and not call.world.closed:
        call.wait()


@rpc("CleanupLogs")
def cleanup_logs(call: Call, request: Any) -> dict[str, Any]:
    """Remove the logs of tasks whose time is over."""
    rights.require_admin(call)
    return {"removed_count": remove_expired_logs(call.world)}


def _entries(call: Call) -> list[str]:
    settings = call.settings
    return [f"Determined master {VERSION} (fakedet)", f"cluster {cluster_id(call.world)}",
            f"{settings.agents} agents with {settings.slots} slots each, trials: {settings.trials}, semantics: {settings.semantics}"]
