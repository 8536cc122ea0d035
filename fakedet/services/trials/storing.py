"""A run says where it will keep its checkpoints (master: api_runs.go)."""
from __future__ import annotations

from typing import Any

from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.checkpoints.storages import storage_id_of_run
from fakedet.services.registry import rpc


@rpc("RunPrepareForReporting")
def run_prepare_for_reporting(call: Call, request: Any) -> dict[str, Any]:
    """The id of the storage, for the reports of checkpoints."""
    trial = finding.trial(call.db, request.run_id)
    if request.checkpoint_storage is None:
        return {}
    return {"storage_id": storage_id_of_run(call.db, trial["id"], request.checkpoint_storage)}
