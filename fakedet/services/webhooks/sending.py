"""Tests of webhooks and alerts of experiments, as far as they can be answered without sending anything (master: webhooks/api_webhook.go)."""
from __future__ import annotations

from typing import Any

from fakedet.domain.errors import Internal, InvalidArgument, Unimplemented
from fakedet.domain.go_text import quote
from fakedet.domain.go_url import scheme_of
from fakedet.services.call import Call
from fakedet.services.registry import rpc
from fakedet.services.webhooks.records import NO_ROWS, editable_webhook

NOT_SENT = "fakedet keeps webhooks and sends nothing to them"


@rpc("TestWebhook")
def test_webhook(call: Call, request: Any) -> dict[str, Any]:
    """Refused like the master where the URL cannot be posted to; else fakedet says that it does not send."""
    url = editable_webhook(call, request.id)["url"]
    if scheme_of(url) not in ("http", "https"):
        raise InvalidArgument(f"error sending webhook request for event {call.world.ids.uuid()} error: Post {quote(url)}: "
                              f"unsupported protocol scheme {quote(scheme_of(url))}")
    raise Unimplemented(NOT_SENT)


@rpc("PostWebhookEventData")
def post_webhook_event_data(call: Call, request: Any) -> dict[str, Any]:
    """An alert of an experiment, which goes to the webhooks that its configuration names; to none if it names none."""
    experiment = call.db.experiments.row(request.experiment_id)
    if experiment is None:
        raise Internal(f"failed to handle custom trigger data: {_shown(request.data)} experiment id: {request.experiment_id} "
                       f"trial_id {request.trial_id} : error getting experiment from id {request.experiment_id}: {NO_ROWS}")
    named = ((experiment["config"].get("integrations") or {}).get("webhooks") or {})
    if not named.get("exclude") and (named.get("webhook_id") or named.get("webhook_name")):
        raise Unimplemented(NOT_SENT)
    return {}


def _shown(data: Any) -> str:
    """The alert as Go's %+v prints it."""
    if data is None:
        return "{Title: Description: Level:}"
    known = isinstance(data.level, str)
    return f"{{Title:{data.title} Description:{data.description} Level:{data.level.removeprefix('LOG_LEVEL_') if known else 'UNSPECIFIED'}}}"
