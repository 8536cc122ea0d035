"""Rows of models and versions as messages.

Some replies of the master leave out what its SQL does not select: zeros and blanks stand there. `without` says what a reply lacks.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, Mapping

from fakedet.services.checkpoints.messages import checkpoint_message

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
#: What the master's replies lack: to creating a model, to changing one, in a version's model as listed, as created or changed.
CREATED_LACKS = ("user_id",)
CHANGED_LACKS = ("id", "username", "user_id", "workspace_id", "num_versions", "archived")
LISTED_LACKS = ("workspace_id",)
PARENT_LACKS = ("user_id", "workspace_id")


def model_message(db: "Database", model: Row, *, lacks: Iterable[str] = ()) -> dict[str, Any]:
    """The Model message without the fields that `lacks` names."""
    message = {
        "name": model["name"], "description": model["description"], "metadata": model["metadata"], "notes": model["notes"],
        "labels": model["labels"], "creation_time": model["creation_time"], "last_updated_time": model["last_updated_time"],
        "id": model["id"], "num_versions": db.model_versions.tally(model_id=model["id"]), "archived": model["archived"],
        "username": db.users.row(model["user_id"])["username"], "user_id": model["user_id"], "workspace_id": model["workspace_id"]}
    return {name: value for name, value in message.items() if name not in lacks}


def version_message(db: "Database", model: Row, version: Row, *, lacks: Iterable[str] = (),
                    parent_lacks: Iterable[str] = ()) -> dict[str, Any]:
    """The ModelVersion message with its model and its checkpoint."""
    message = {
        **{name: version[name] for name in ("id", "version", "name", "comment", "notes", "labels", "metadata", "creation_time",
                                            "last_updated_time", "user_id")},
        "username": db.users.row(version["user_id"])["username"],
        "model": model_message(db, model, lacks=parent_lacks),
        "checkpoint": checkpoint_message(db, db.checkpoints.one(uuid=version["checkpoint_uuid"]))}
    return {name: value for name, value in message.items() if name not in lacks}
