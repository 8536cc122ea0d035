"""Creating and deleting models, and their simple changes: archive, unarchive, move (master: api_model.go)."""
from __future__ import annotations

from typing import Any

from fakedet.domain.errors import AlreadyExists, Internal, InvalidArgument, PermissionDenied
from fakedet.domain.go_text import quote
from fakedet.domain.model_names import objection
from fakedet.services.call import Call
from fakedet.services.models import messages
from fakedet.services.models.finding import model_named, workspace_id_of
from fakedet.services.registry import rpc

DEFAULT_WORKSPACE = 1
UNKNOWN_WORKSPACE = ('ERROR: insert or update on table "models" violates foreign key constraint '
                     '"models_workspace_id_fkey" (SQLSTATE 23503)')
NAME_TAKEN = "avoid names equal to other models (case-sensitive)"


@rpc("PostModel")
def post_model(call: Call, request: Any) -> dict[str, Any]:
    """A new model of the caller's."""
    check_name(request.name)
    workspace_id = _workspace(call, request)
    number = call.db.models.insert({
        **{field: inserted(getattr(request, field)) for field in ("name", "description", "notes")},
        "metadata": request.metadata or {}, "labels": rejoined(request.labels), "user_id": call.user["id"], "workspace_id": workspace_id,
        "archived": False, "creation_time": call.now, "last_updated_time": call.now})
    _check_insert(call, number, request.name)
    return {"model": messages.model_message(call.db, call.db.models.row(number), lacks=messages.CREATED_LACKS)}


@rpc("ArchiveModel")
def archive_model(call: Call, request: Any) -> dict[str, Any]:
    """Archived models cannot be patched and get no new versions."""
    return _set_archived(call, request, True)


@rpc("UnarchiveModel")
def unarchive_model(call: Call, request: Any) -> dict[str, Any]:
    """The opposite of archiving."""
    return _set_archived(call, request, False)


@rpc("MoveModel")
def move_model(call: Call, request: Any) -> dict[str, Any]:
    """Into another workspace, archived or not; the time of the last update stays."""
    model = model_named(call.db, request.model_name)
    if call.db.workspaces.row(request.destination_workspace_id) is None:
        raise Internal(f"error moving a model ({request.model_name}): error running query: move_model: {UNKNOWN_WORKSPACE}")
    call.db.models.change(model["id"], workspace_id=request.destination_workspace_id)
    return {}


@rpc("DeleteModel")
def delete_model(call: Call, request: Any) -> dict[str, Any]:
    """With all its versions and the links of trials that used it."""
    model = model_named(call.db, request.model_name)
    if not call.is_admin and model["user_id"] != call.user["id"]:
        raise PermissionDenied("non-admin users may not delete other users' models access denied")
    for version in call.db.model_versions.rows(model_id=model["id"]):
        call.db.model_versions.delete(version["id"])
    for source in call.db.trial_sources.rows(model_id=model["id"]):
        call.db.trial_sources.delete(source["id"])
    call.db.models.delete(model["id"])
    return {}


def check_name(name: str) -> None:
    """Raises InvalidArgument for a name that no model may have."""
    text = objection(name)
    if text is not None:
        raise InvalidArgument(text)


def inserted(text: str) -> str:
    """A text as the master's query builder writes it into a new row: without NUL, which PostgreSQL cannot hold."""
    return text.replace("\0", "")


def rejoined(labels: list[str]) -> list[str]:
    """Labels as they come back from being stored with commas between: one with a comma becomes two, a lone blank one none."""
    joined = inserted(",".join(labels))
    return joined.split(",") if joined else []


def _workspace(call: Call, request: Any) -> int:
    if request.workspace_id is not None:
        return int(request.workspace_id)
    if request.workspace_name is not None:
        return workspace_id_of(call.db, request.workspace_name)
    return DEFAULT_WORKSPACE


def _check_insert(call: Call, number: int, asked: str) -> None:
    """What the database refuses after it has drawn the id, which is lost then."""
    model = call.db.models.row(number)
    if call.db.models.tally(name=model["name"]) > 1:
        raise AlreadyExists(NAME_TAKEN)
    if call.db.workspaces.row(model["workspace_id"]) is None:
        raise Internal(f"error creating model {quote(asked)} in database: {UNKNOWN_WORKSPACE}")


def _set_archived(call: Call, request: Any, archived: bool) -> dict[str, Any]:
    model = model_named(call.db, request.model_name)
    call.db.models.change(model["id"], archived=archived, last_updated_time=call.now)
    return {}
