"""Changing checkpoints: their metadata as a whole, and which files they have (master: api_checkpoint.go)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.errors import Internal
from fakedet.domain.nul_text import REFUSAL, has_nul
from fakedet.services.call import Call
from fakedet.services.checkpoints import finding, totals
from fakedet.services.checkpoints.messages import view_message
from fakedet.services.checkpoints.registered import refuse_registered
from fakedet.services.registry import rpc

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
#: Older clients report a checkpoint before they have written this file; finding it later is no change.
METADATA_FILE = "metadata.json"


@rpc("PostCheckpointMetadata")
def post_checkpoint_metadata(call: Call, request: Any) -> dict[str, Any]:
    """Replace the metadata; the reply shows the new ones with the metrics that belonged to the old ones."""
    sent = request.checkpoint
    view = finding.checkpoint(call.db, sent.uuid if sent else "")
    message = view_message(view)
    if has_nul(sent.metadata):
        raise Internal(f"error updating checkpoint {sent.uuid} in database: error running query: update_checkpoint_metadata: {REFUSAL}")
    call.db.checkpoints.change(view.row["id"], metadata=sent.metadata or {})
    return {"checkpoint": {**message, "metadata": sent.metadata}}


@rpc("PatchCheckpoints")
def patch_checkpoints(call: Call, request: Any) -> dict[str, Any]:
    """Which files are left of each checkpoint; those without resources are only checked."""
    uuids = finding.converted(sent.uuid for sent in request.checkpoints)
    finding.checkpoints(call.db, uuids)
    refuse_registered(call.db, dict.fromkeys(uuids), "patched")
    for uuid, sent in zip(uuids, request.checkpoints, strict=True):
        row = call.db.checkpoints.one(uuid=uuid)
        if row is not None and sent.resources is not None:
            files = dict(sent.resources.resources)
            if METADATA_FILE in files and not row["resources"]:
                raise Internal("assignment to entry in nil map")
            set_files(call.db, row, files)
    return {}


def set_files(db: "Database", row: Row, files: Mapping[str, int]) -> Row:
    """The checkpoint has these files left. With none it is deleted and keeps what it had on record."""
    changed = db.checkpoints.change(row["id"], **_after(row, files))
    totals.note_change(db, row, changed)
    return changed


def put_back(db: "Database", row: Row) -> None:
    """The checkpoint is what `row` says after all."""
    current = db.checkpoints.row(row["id"])
    if current is not None and current is not row:
        changed = db.checkpoints.change(row["id"], state=row["state"], resources=row["resources"], size=row["size"])
        totals.note_change(db, current, changed)


def _after(row: Row, files: Mapping[str, int]) -> dict[str, Any]:
    if not files:
        return {"state": "DELETED"}
    state = row["state"] if _same_files(row["resources"], files) else "PARTIALLY_DELETED"
    return {"state": state, "resources": files, "size": sum(files.values())}


def _same_files(before: Mapping[str, int], after: Mapping[str, int]) -> bool:
    if METADATA_FILE in after:
        before = {METADATA_FILE: after[METADATA_FILE], **before}
    return before == after
