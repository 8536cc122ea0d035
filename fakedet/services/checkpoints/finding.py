"""Checkpoints by what a request names: uuids in any form that Go reads, one or many (master: api_checkpoint.go)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, Mapping

from fakedet.domain.errors import Internal, InvalidArgument, NotFound, missing
from fakedet.domain.go_uuid import BadUuid, parse_uuid
from fakedet.services.checkpoints.view import CheckpointView, of_row

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]


def checkpoint(db: "Database", uuid: str) -> CheckpointView:
    """The checkpoint, or the errors of GetCheckpoint."""
    try:
        row = db.checkpoints.one(uuid=parse_uuid(uuid))
    except BadUuid as error:
        raise Internal(str(error)) from None
    if row is None:
        raise missing("checkpoint", uuid)
    try:
        return of_row(db, row)
    except Internal as error:
        raise Internal(f"error querying for checkpoint ({row['uuid']}): {error.message}") from None


def converted(uuids: Iterable[str]) -> list[str]:
    """The uuids in canonical form; raises InvalidArgument at the first that is none."""
    return [_converted(uuid) for uuid in uuids]


def checkpoints(db: "Database", uuids: Iterable[str]) -> list[CheckpointView]:
    """The checkpoints of these canonical uuids, each once, or 404 with those that are unknown."""
    rows = {uuid: db.checkpoints.one(uuid=uuid) for uuid in uuids}
    try:
        views = [of_row(db, row) for row in rows.values() if row is not None]
    except Internal as error:
        raise Internal(f"grouping checkpoint UUIDs by experiment ids: {error.message}") from None
    known = {view.uuid for view in views if view.experiment is not None}
    unknown = sorted(rows.keys() - known)
    if unknown:
        raise NotFound(f"checkpoints '{', '.join(unknown)}' not found")
    return views


def _converted(uuid: str) -> str:
    try:
        return parse_uuid(uuid)
    except BadUuid:
        raise InvalidArgument(f"converting checkpoint: string {uuid} is not a valid uuid") from None
