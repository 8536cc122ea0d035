"""Creating and changing projects (master: api_project.go)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.errors import AlreadyExists, Internal
from fakedet.domain.project_keys import generated
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.projects import rules
from fakedet.services.projects.messages import project_message, sparse_message
from fakedet.services.registry import rpc
from fakedet.services.workspaces.rules import open_workspace

Row = Mapping[str, Any]


@rpc("PostProject")
def post_project(call: Call, request: Any) -> dict[str, Any]:
    """A project of the caller's in the workspace that the path names. A name or key that is taken uses up an id all the same."""
    open_workspace(call, request.workspace_id)
    key = generated(request.name, call.world.ids.number) if request.key is None else rules.good_key(request.key)
    number = call.db.projects.insert({
        "name": request.name, "workspace_id": request.workspace_id, "description": request.description, "archived": False,
        "created_at": call.now, "notes": [], "user_id": call.user["id"], "immutable": False, "state": None,
        "error_message": None, "key": key, "max_local_id": 0})
    _check_insert(call, call.db.projects.row(number))
    return {"project": project_message(call.db, call.db.projects.row(number), with_workspace=False)}


@rpc("PatchProject")
def patch_project(call: Call, request: Any) -> dict[str, Any]:
    """Name, description and key; the project's own owner may not, only the workspace's (0.38.1 forgets to look him up)."""
    if request.project and request.project.key is not None:
        rules.good_key(request.project.key)
    project = finding.project(call.db, request.id)
    _check_open(call, project)
    changes = _changes(call, project, request.project) if request.project else {}
    if not changes:
        return {"project": sparse_message(project)}
    _check_change(call, project, changes)
    project = call.db.projects.change(project["id"], **changes)
    return {"project": {**project_message(call.db, project), "num_runs": 0}}


def _changes(call: Call, project: Row, patch: Any) -> dict[str, Any]:
    changes = {name: getattr(patch, name) for name in ("name", "description") if getattr(patch, name) is not None}
    changes = {name: value for name, value in changes.items() if value != (project[name] or "")}
    if changes:
        rules.require_owner(call, project, "set project name", of_project=False)
    if patch.key is not None and rules.good_key(patch.key) != project["key"]:
        rules.require_owner(call, project, "set project key", of_project=False)
        changes["key"] = rules.good_key(patch.key)
    return changes


def _check_open(call: Call, project: Row) -> None:
    workspace = call.db.workspaces.row(project["workspace_id"])
    if project["archived"] or workspace["archived"]:
        raise Internal(f"project ({project['id']}) is archived and cannot have attributes updated")
    if project["immutable"]:
        raise Internal(f"project ({project['id']}) is immutable and cannot have attributes updated")


def _check_insert(call: Call, project: Row) -> None:
    """What the database refuses, once it has drawn the id."""
    context = f"error creating project {project['name']} in database"
    if rules.name_violation(project["name"]):
        raise Internal(f"{context}: rpc error: code = Internal desc = internal server error")
    taken = _taken(call, project)
    if taken:
        raise AlreadyExists(f"{context}: rpc error: code = AlreadyExists desc = error inserting project {project['name']} into "
                            f"database: {taken}: row already exists")


def _taken(call: Call, project: Row) -> str | None:
    if rules.name_is_used(call, project["workspace_id"], project["name"], but=project["id"]):
        return f"project name {project['name']} is already in use"
    if call.db.projects.tally(key=project["key"]) > 1:
        return f"project key {project['key']} is already in use"
    return None


def _check_change(call: Call, project: Row, changes: Mapping[str, Any]) -> None:
    name = changes.get("name", project["name"])
    violation = rules.name_violation(name)
    if violation:
        raise Internal(f'error updating project {name}: ERROR: new row for relation "projects" violates check constraint '
                       f'"{violation}" (SQLSTATE 23514)')
    if "name" in changes and rules.name_is_used(call, project["workspace_id"], name, but=project["id"]):
        raise Internal(f"error updating project {name}: row already exists")
    if "key" in changes and call.db.projects.tally(key=changes["key"]):
        raise rules.key_taken(changes["key"])
