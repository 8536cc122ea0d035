"""Which projects a user looked at, and when (master: api_user.go, model/user_activity.go)."""
from __future__ import annotations

from typing import Any

from fakedet.domain.errors import Internal
from fakedet.services.call import Call
from fakedet.services.registry import rpc

GET = "ACTIVITY_TYPE_GET"
PROJECT = "ENTITY_TYPE_PROJECT"


@rpc("PostUserActivity")
def post_user_activity(call: Call, request: Any) -> dict[str, Any]:
    """The caller looks at a project, which need not exist."""
    if request.activity_type != GET:
        raise Internal(f"missing mapping for activity type {request.activity_type} to model")
    if request.entity_type != PROJECT:
        raise Internal(f"missing mapping for entity type {request.entity_type} to model")
    table, seen = call.db.project_activity, {"user_id": call.user["id"], "project_id": request.entity_id}
    old = table.one(**seen)
    if old is not None:
        table.delete(old["id"])
    table.insert({**seen, "activity_type": "GET", "activity_time": call.now})
    return {}
