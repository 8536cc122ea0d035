"""Killing commands and changing their place in the queue, which anyone may (master: command/command_service.go)."""
from __future__ import annotations

import functools
from typing import Any

from fakedet.services.call import Call
from fakedet.services.commands.kinds import KINDS, NOTEBOOK, Kind
from fakedet.services.commands.messages import command_message
from fakedet.services.commands.reading import command_of
from fakedet.services.logs.writing import say
from fakedet.services.registry import rpc

KILLED = "allocation aborted after exit before start: user requested kill"
EXIT_STATUS = "allocation exited successfully"


def kill(kind: Kind, call: Call, request: Any) -> dict[str, Any]:
    """The end of a command, at once unless it runs. The reply is older than its exit status."""
    row = command_of(kind, call, request)
    if row["state"] == "TERMINATED":
        return {kind.name: command_message(call, kind, row)}
    running = call.db.allocations.rows(task_id=row["task_id"], state="RUNNING")
    if running:
        call.db.allocations.change(running[0]["id"], killed=True)
        return {kind.name: command_message(call, kind, row)}
    ended = call.db.commands.change(row["id"], state="TERMINATED", exit_status=EXIT_STATUS)
    task = call.db.tasks.one(task_id=row["task_id"])
    call.db.tasks.change(task["id"], end_time=call.now)
    for allocation in call.db.allocations.rows(task_id=row["task_id"]):
        call.db.allocations.change(allocation["id"], state="TERMINATED", end_time=call.now, exit_reason=KILLED)
        say(call.world, row["task_id"], f"{row['description']} was terminated: {KILLED}")
    return {kind.name: command_message(call, kind, {**ended, "exit_status": ""})}


def set_priority(kind: Kind, call: Call, request: Any) -> dict[str, Any]:
    """Any number will do."""
    row = command_of(kind, call, request)
    job = call.db.jobs.one(job_id=row["job_id"])
    call.db.jobs.change(job["id"], priority=request.priority)
    return {kind.name: command_message(call, kind, row)}


@rpc("IdleNotebook")
def idle_notebook(call: Call, request: Any) -> dict[str, Any]:
    """A notebook says whether it is in use."""
    command_of(NOTEBOOK, call, request)
    return {}


for _kind in KINDS:
    rpc(f"Kill{_kind.rpc_name}")(functools.partial(kill, _kind))
    rpc(f"Set{_kind.rpc_name}Priority")(functools.partial(set_priority, _kind))
