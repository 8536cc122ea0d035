"""Reading single checkpoints (master: api_checkpoint.go)."""
from __future__ import annotations

from typing import Any

from fakedet.services.call import Call
from fakedet.services.checkpoints import finding
from fakedet.services.checkpoints.messages import view_message
from fakedet.services.registry import rpc


@rpc("GetCheckpoint")
def get_checkpoint(call: Call, request: Any) -> dict[str, Any]:
    """One checkpoint, of whatever state."""
    return {"checkpoint": view_message(finding.checkpoint(call.db, request.checkpoint_uuid))}
