"""Reading workspaces (master: get_workspaces.sql)."""
from __future__ import annotations

from typing import Any, Callable, Iterator, Mapping

from fakedet.domain.collation import sort_key
from fakedet.domain.paging import slice_page
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.matching import DESCENDING, Condition, like, matching, owned
from fakedet.services.registry import rpc
from fakedet.services.workspaces.messages import workspace_message

Row = Mapping[str, Any]


@rpc("GetWorkspace")
def get_workspace(call: Call, request: Any) -> dict[str, Any]:
    """One workspace."""
    return {"workspace": workspace_message(call.db, finding.workspace(call.db, request.id), call.user["id"])}


@rpc("GetWorkspaces")
def get_workspaces(call: Call, request: Any) -> dict[str, Any]:
    """The workspaces that meet all filters, a page of them."""
    found = matching(call.db.workspaces.rows(), _conditions(call, request), query="get_workspaces")
    found.sort(key=_order(request.sort_by), reverse=request.order_by == DESCENDING)
    page = slice_page(len(found), request.offset, request.limit)
    return {"workspaces": [_listed(call, row) for row in page.cut(found)],
            "pagination": page.block()}


def _listed(call: Call, row: Row) -> dict[str, Any]:
    """Lists leave out the checkpoint storage."""
    return {**workspace_message(call.db, row, call.user["id"]), "checkpoint_storage_config": None}


def _conditions(call: Call, request: Any) -> Iterator[Condition]:
    if request.name:
        yield like("name", request.name)
    if request.name_case_sensitive:
        yield like("name", request.name_case_sensitive, any_case=False)
    if request.archived is not None:
        yield lambda row: row["archived"] == request.archived
    if request.pinned is not None:
        pinned = {pin["workspace_id"] for pin in call.db.workspace_pins.rows(user_id=call.user["id"])}
        yield lambda row: (row["id"] in pinned) == request.pinned
    yield from owned(call.db, request)


def _order(sort_by: Any) -> Callable[[Row], Any]:
    if sort_by == "SORT_BY_NAME":
        return lambda row: (sort_key(row["name"]), row["id"])
    return lambda row: row["id"]
