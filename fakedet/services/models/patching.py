"""Changing models and versions: only what is sent and different counts (master: api_model.go, PatchModel, PatchModelVersion)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.errors import AlreadyExists, Internal
from fakedet.domain.go_text import quote
from fakedet.services.call import Call
from fakedet.services.models import messages
from fakedet.services.models.creating import NAME_TAKEN, check_name, rejoined
from fakedet.services.models.finding import model_named, version_numbered, workspace_id_of
from fakedet.services.registry import rpc

Row = Mapping[str, Any]
VERSION_LACKS = ("username", "user_id", "last_updated_time")


@rpc("GetModel")
def get_model(call: Call, request: Any) -> dict[str, Any]:
    """One model."""
    return {"model": messages.model_message(call.db, model_named(call.db, request.model_name))}


@rpc("PatchModel")
def patch_model(call: Call, request: Any) -> dict[str, Any]:
    """Change a model; a change is answered with less than the whole model."""
    model = model_named(call.db, request.model_name)
    if model["archived"]:
        raise Internal(f"model {quote(model['name'])} is archived and cannot have attributes updated")
    patch = request.model
    changes = _changes(model, patch, ("name", "description", "notes", "metadata")) if patch else {}
    if "name" in changes:
        check_name(changes["name"])
    if patch:
        changes.update(_workspace_change(call, model, patch))
    if not changes:
        return {"model": messages.model_message(call.db, model)}
    if "name" in changes and call.db.models.one(name=changes["name"]) is not None:
        raise AlreadyExists(NAME_TAKEN)
    model = call.db.models.change(model["id"], **changes, last_updated_time=call.now)
    return {"model": messages.model_message(call.db, model, lacks=messages.CHANGED_LACKS)}


@rpc("PatchModelVersion")
def patch_model_version(call: Call, request: Any) -> dict[str, Any]:
    """Change a version, of an archived model too; its checkpoint stays."""
    model, version = version_numbered(call.db, request.model_name, request.model_version_num)
    patch = request.model_version
    changes = _changes(version, patch, ("name", "comment", "notes", "metadata")) if patch else {}
    if not changes:
        return {"model_version": messages.version_message(call.db, model, version)}
    version = call.db.model_versions.change(version["id"], **changes, last_updated_time=call.now)
    return {"model_version": messages.version_message(call.db, model, version, lacks=VERSION_LACKS,
                                                      parent_lacks=messages.PARENT_LACKS)}


def _changes(row: Row, patch: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """The fields of the patch that differ from the row."""
    changes = {name: getattr(patch, name) for name in names if getattr(patch, name) not in (None, row[name])}
    if patch.labels is not None:
        labels = rejoined(_distinct_texts(patch.labels))
        if labels != row["labels"]:
            changes["labels"] = labels
    return changes


def _distinct_texts(values: list[Any]) -> list[str]:
    return list(dict.fromkeys(value for value in values if isinstance(value, str)))


def _workspace_change(call: Call, model: Row, patch: Any) -> dict[str, Any]:
    if patch.workspace_id is not None:  # a slip in the master's query: it fails for every id
        raise Internal(f"failed to get workspace with id {patch.workspace_id}: expected 2 arguments, got 1")
    if patch.workspace_name is None:
        return {}
    workspace_id = workspace_id_of(call.db, patch.workspace_name)
    return {} if workspace_id == model["workspace_id"] else {"workspace_id": workspace_id}
