"""Reading projects (master: get_workspace_projects.sql, api_project.go)."""
from __future__ import annotations

from typing import Any, Callable, Iterator, Mapping

from fakedet.domain.collation import sort_key
from fakedet.domain.errors import Internal, InvalidArgument, missing
from fakedet.domain.paging import slice_page
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.matching import DESCENDING, Condition, like, matching, nulls_last, owned
from fakedet.services.projects.messages import last_start, project_message
from fakedet.services.registry import rpc

Row = Mapping[str, Any]
MOST_RECENT = 500
ALL_WORKSPACES = 0


@rpc("GetProject")
def get_project(call: Call, request: Any) -> dict[str, Any]:
    """One project."""
    return {"project": project_message(call.db, finding.project(call.db, request.id))}


@rpc("GetProjectByKey")
def get_project_by_key(call: Call, request: Any) -> dict[str, Any]:
    """One project by its key in any case."""
    project = call.db.projects.one(key=request.key.upper())
    if project is None:
        raise missing("project", request.key)
    return {"project": project_message(call.db, project)}


@rpc("GetWorkspaceProjects")
def get_workspace_projects(call: Call, request: Any) -> dict[str, Any]:
    """The projects of a workspace (of all for id 0) that meet all filters, a page of them."""
    found = matching(_candidates(call, request.id), _conditions(call, request), query="get_workspace_projects")
    found.sort(key=_order(call, request.sort_by), reverse=request.order_by == DESCENDING)
    page = slice_page(len(found), request.offset, request.limit)
    return {"projects": [project_message(call.db, row, with_workspace=False) for row in page.cut(found)],
            "pagination": page.block()}


@rpc("GetProjectsByUserActivity")
def get_projects_by_user_activity(call: Call, request: Any) -> dict[str, Any]:
    """The projects that the caller looked at last, newest first and without their keys; without a limit none."""
    if request.limit > MOST_RECENT:
        raise InvalidArgument("Bad request: limit is required and must be <= 500")
    if request.limit < 0:
        raise Internal("ERROR: LIMIT must not be negative (SQLSTATE 2201W)")
    seen = sorted(call.db.project_activity.rows(user_id=call.user["id"]), key=lambda row: -row["activity_time"])
    projects = [call.db.projects.row(row["project_id"]) for row in seen]
    present = [project for project in projects if project is not None]
    return {"projects": [{**project_message(call.db, project), "key": "", "archived": project["archived"]}
                         for project in present[:request.limit]]}


def _candidates(call: Call, workspace_id: int) -> list[Any]:
    if workspace_id == ALL_WORKSPACES:
        return call.db.projects.rows()
    return call.db.projects.rows(workspace_id=finding.workspace(call.db, workspace_id)["id"])


def _conditions(call: Call, request: Any) -> Iterator[Condition]:
    if request.name:
        yield like("name", request.name)
    if request.archived is not None:
        yield lambda row: row["archived"] == request.archived
    yield from owned(call.db, request)


def _order(call: Call, sort_by: Any) -> Callable[[Row], Any]:
    """The key of the sort; equal ones by id in the same direction."""
    keys: Mapping[str, Callable[[Row], Any]] = {
        "SORT_BY_CREATION_TIME": lambda row: row["created_at"],
        "SORT_BY_LAST_EXPERIMENT_START_TIME": lambda row: nulls_last(last_start(call.db, row)),
        "SORT_BY_NAME": lambda row: sort_key(row["name"]),
        "SORT_BY_DESCRIPTION": lambda row: sort_key(row["description"] or ""),
    }
    key = keys.get(sort_by, lambda row: 0)
    return lambda row: (key(row), row["id"])
