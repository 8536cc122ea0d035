"""Commands of one kind: one, or a list (master: api_command.go and its siblings)."""
from __future__ import annotations

import functools
from typing import Any, Callable, Mapping

from fakedet.domain.errors import missing
from fakedet.domain.paging import slice_page
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.commands.kinds import KINDS, Kind
from fakedet.services.commands.messages import command_message
from fakedet.services.matching import DESCENDING
from fakedet.services.registry import rpc

Row = Mapping[str, Any]


def get_commands(kind: Kind, call: Call, request: Any) -> dict[str, Any]:
    """Those of some users, by name or by id, and of a workspace."""
    if request.workspace_id:
        finding.workspace(call.db, request.workspace_id)
    found = [row for row in call.db.commands.rows(type=kind.task_type) if _is_wanted(call, row, request)]
    found.sort(key=ORDERS.get(request.sort_by, ORDERS["SORT_BY_ID"]), reverse=request.order_by == DESCENDING)
    page = slice_page(len(found), request.offset, request.limit)
    return {kind.plural: [command_message(call, kind, row) for row in page.cut(found)], "pagination": page.block()}


def get_command(kind: Kind, call: Call, request: Any) -> dict[str, Any]:
    """One, with its configuration."""
    row = command_of(kind, call, request)
    return {kind.name: command_message(call, kind, row), "config": row["config"]}


def command_of(kind: Kind, call: Call, request: Any) -> Row:
    """The one that a request names, or 404."""
    task_id = getattr(request, f"{kind.name}_id")
    row: Row | None = call.db.commands.one(task_id=task_id, type=kind.task_type)
    if row is None:
        raise missing(kind.name, task_id)
    return row


def _is_wanted(call: Call, row: Row, request: Any) -> bool:
    if request.workspace_id and row["workspace_id"] != request.workspace_id:
        return False
    if not request.users and not request.user_ids:
        return True
    return row["user_id"] in request.user_ids or call.db.users.row(row["user_id"])["username"] in request.users


ORDERS: Mapping[Any, Callable[[Row], Any]] = {
    "SORT_BY_ID": lambda row: row["task_id"],
    "SORT_BY_DESCRIPTION": lambda row: row["description"],
    "SORT_BY_START_TIME": lambda row: row["start_time"],
    "SORT_BY_WORKSPACE_ID": lambda row: row["workspace_id"],
}

for _kind in KINDS:
    rpc(f"Get{_kind.rpc_name}s")(functools.partial(get_commands, _kind))
    rpc(f"Get{_kind.rpc_name}")(functools.partial(get_command, _kind))
