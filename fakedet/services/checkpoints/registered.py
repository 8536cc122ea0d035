"""Checkpoints that are versions of models: nobody may patch or delete them (master: GetRegisteredCheckpoints)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Iterable

from fakedet.domain.errors import InvalidArgument

if TYPE_CHECKING:
    from fakedet.store import Database


def is_registered(db: "Database", uuid: str) -> bool:
    """Whether the checkpoint is a version of a model, archived or not."""
    return db.model_versions.one(checkpoint_uuid=uuid) is not None


def refuse_registered(db: "Database", uuids: Iterable[str], deed: str) -> None:
    """Raises InvalidArgument if one of them is registered; each is named with the last model that has it."""
    named = [_named(db, uuid) for uuid in uuids if is_registered(db, uuid)]
    if named:
        raise InvalidArgument("this subset of checkpoints provided are in the model registry and cannot be "
                              f"{deed}: {', '.join(named)}.")


def _named(db: "Database", uuid: str) -> str:
    version = db.model_versions.rows(checkpoint_uuid=uuid)[-1]
    model = db.models.row(version["model_id"])
    if model is None:
        return f"{uuid}, registered to an unknown model"
    return f"{uuid}, registered to {model['name']} (model #{model['id']}), version {version['version']}"
