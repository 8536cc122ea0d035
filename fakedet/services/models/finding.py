"""Models and versions by what a path names: digits are an id, anything else an exact name."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.errors import Internal, NotFound
from fakedet.domain.go_text import quote
from fakedet.domain.nul_text import REFUSAL_OF_TEXT, has_nul

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
LARGEST_ID = 2**31 - 1


def model_named(db: "Database", identity: str) -> Row:
    """The model, or 404 `model "x" not found`."""
    if has_nul(identity):
        raise Internal(f"error fetching model {quote(identity)} from database: error running query: get_model: {REFUSAL_OF_TEXT}")
    is_id = identity.isascii() and identity.isdigit()
    row = db.models.row(_as_id(identity)) if is_id else db.models.one(name=identity)
    if row is None:
        raise NotFound(f"model {quote(identity)} not found")
    return row


def version_numbered(db: "Database", identity: str, number: int) -> tuple[Row, Row]:
    """The model and its version of that number, or 404."""
    model = model_named(db, identity)
    version = db.model_versions.one(model_id=model["id"], version=number)
    if version is None:
        raise NotFound(f"version {number} for model {quote(identity)} not found")
    return model, version


def workspace_id_of(db: "Database", name: str) -> int:
    """The id of the workspace of that exact name."""
    row = db.workspaces.one(name=name)
    if row is None:
        raise Internal(f"failed to get workspace {name}: not found")
    return int(row["id"])


def _as_id(digits: str) -> int:
    number = int(digits)
    if number > LARGEST_ID:
        raise Internal(f'error fetching model "{digits}" from database: error running query: get_model_by_id: ERROR: '
                       f'value "{digits}" is out of range for type integer (SQLSTATE 22003)')
    return number
