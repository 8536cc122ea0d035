"""What programs note about their runs; setting it replaces all that was there (master: api_runs.go, db/postgres_runs.go)."""
from __future__ import annotations

from typing import Any

from fakedet.domain.errors import Internal
from fakedet.domain.metric_values import as_kept
from fakedet.domain.run_metadata import checked
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.registry import rpc


@rpc("GetRunMetadata")
def get_run_metadata(call: Call, request: Any) -> dict[str, Any]:
    """Nothing, if none was ever set."""
    return {"metadata": finding.trial(call.db, request.run_id)["metadata"] or {}}


@rpc("PostRunMetadata")
def post_run_metadata(call: Call, request: Any) -> dict[str, Any]:
    """Set the metadata."""
    run = finding.trial(call.db, request.run_id)
    metadata = as_kept(request.metadata or {})
    try:
        checked(metadata)
    except Internal as error:
        number = run["id"]
        raise Internal(f"error updating metadata on run({number}): updating run metadata: "
                       f"inserting run metadata indexes for run({number}): {error.message}") from None
    call.db.trials.change(run["id"], metadata=metadata, metadata_project_id=run["project_id"])
    return {"metadata": metadata}
