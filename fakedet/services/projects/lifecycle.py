"""Archiving, moving and annotating projects (master: api_project.go)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.errors import Internal, PermissionDenied
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.projects import rules
from fakedet.services.registry import rpc
from fakedet.services.workspaces.rules import open_workspace

Row = Mapping[str, Any]
IN_ARCHIVED_WORKSPACE = "This project belongs to an archived workspace. To make changes, first unarchive the workspace."


@rpc("ArchiveProject")
def archive_project(call: Call, request: Any) -> dict[str, Any]:
    """Archived projects take no changes."""
    return _set_archived(call, request.id, True)


@rpc("UnarchiveProject")
def unarchive_project(call: Call, request: Any) -> dict[str, Any]:
    """The opposite of archiving."""
    return _set_archived(call, request.id, False)


@rpc("MoveProject")
def move_project(call: Call, request: Any) -> dict[str, Any]:
    """Into a workspace that has no project of that name, which its own has."""
    project = finding.project(call.db, request.project_id)
    target = open_workspace(call, request.destination_workspace_id)
    if not call.is_admin and project["user_id"] != call.user["id"]:
        raise PermissionDenied("non admin users can't move projects that someone else owns")
    if rules.name_is_used(call, target["id"], project["name"]):
        raise Internal(f"project with name '{project['name']}' already exists in target workspace")
    if _is_fixed(project) or _is_fixed(call.db.workspaces.row(project["workspace_id"])):
        raise Internal(f"error moving project ({project['id']}): not found")
    call.db.projects.change(project["id"], workspace_id=target["id"])
    return {}


@rpc("AddProjectNote")
def add_project_note(call: Call, request: Any) -> dict[str, Any]:
    """One note more, on archived and immutable projects too."""
    project = finding.project(call.db, request.project_id)
    added = [_note(request.note)] if request.note is not None else []
    return {"notes": call.db.projects.change(project["id"], notes=[*project["notes"], *added])["notes"]}


@rpc("PutProjectNotes")
def put_project_notes(call: Call, request: Any) -> dict[str, Any]:
    """These notes instead of all that were there."""
    project = finding.project(call.db, request.project_id)
    return {"notes": call.db.projects.change(project["id"], notes=[_note(note) for note in request.notes])["notes"]}


def _note(note: Any) -> dict[str, str]:
    return {"name": note.name, "contents": note.contents}


def _is_fixed(row: Row) -> bool:
    return bool(row["archived"] or row["immutable"])


def _set_archived(call: Call, number: int, archived: bool) -> dict[str, Any]:
    project = finding.project(call.db, number)
    act = "archive" if archived else "unarchive"
    rules.require_owner(call, project, f"{act} project")
    if call.db.workspaces.row(project["workspace_id"])["archived"]:
        raise Internal(IN_ARCHIVED_WORKSPACE)
    if project["immutable"]:
        raise Internal(f"error {act.removesuffix('e')}ing project ({number}): not found")
    call.db.projects.change(number, archived=archived)
    return {}
