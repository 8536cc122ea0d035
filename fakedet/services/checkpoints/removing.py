"""Deleting checkpoints and files of them on request (master: api_checkpoint.go, CheckpointsRemoveFiles)."""
from __future__ import annotations

from typing import Any, Sequence

from fakedet.domain.errors import InvalidArgument
from fakedet.services.call import Call
from fakedet.services.checkpoints import collecting, finding
from fakedet.services.checkpoints.registered import refuse_registered
from fakedet.services.registry import rpc
from fakedet.storage.globs import EVERYTHING


@rpc("DeleteCheckpoints")
def delete_checkpoints(call: Call, request: Any) -> dict[str, Any]:
    """All files of these checkpoints go, soon."""
    return _remove(call, request.checkpoint_uuids, [EVERYTHING])


@rpc("CheckpointsRemoveFiles")
def checkpoints_remove_files(call: Call, request: Any) -> dict[str, Any]:
    """Files that match go, soon; without globs the files are only listed anew."""
    return _remove(call, request.checkpoint_uuids, request.checkpoint_globs)


def _remove(call: Call, uuids: Sequence[str], globs: Sequence[str]) -> dict[str, Any]:
    wanted = finding.converted(uuids)
    for glob in globs:
        _check_glob(glob)
    views = finding.checkpoints(call.db, wanted)
    refuse_registered(call.db, dict.fromkeys(wanted), "deleted")
    collecting.collect(call.world, [view.row for view in views], globs, owner_id=call.user["id"])
    return {}


def _check_glob(glob: str) -> None:
    if not glob:
        raise InvalidArgument("cannot have empty string glob")
    if ".." in glob:
        raise InvalidArgument(f"glob '{glob}' cannot contain '..'")
