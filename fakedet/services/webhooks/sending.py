"""Tests of webhooks, which answer when the other side has, and alerts of experiments (master: webhooks/api_webhook.go)."""
from __future__ import annotations

import threading
from typing import Any, Iterator

from fakedet.domain.errors import Internal, InvalidArgument
from fakedet.domain.go_text import quote
from fakedet.domain.go_url import has_host, is_url, scheme_of
from fakedet.services.call import Call
from fakedet.services.registry import rpc
from fakedet.services.webhooks import events, payloads, posting
from fakedet.services.webhooks.records import NO_ROWS, editable_webhook

SECOND = 1_000_000


@rpc("TestWebhook")
def test_webhook(call: Call, request: Any) -> Iterator[None]:
    """Send a test; whoever else asks meanwhile is served."""
    webhook, event_id = editable_webhook(call, request.id), call.world.ids.uuid()
    _check_url(webhook["url"], event_id)
    answers: list[str] = []
    threading.Thread(target=_send_test, args=(call, webhook, event_id, answers), daemon=True).start()
    while not answers:
        yield
    if answers[0]:
        raise InvalidArgument(answers[0])
    return {}  # type: ignore[return-value]


@rpc("PostWebhookEventData")
def post_webhook_event_data(call: Call, request: Any) -> dict[str, Any]:
    """An alert of an experiment, which goes to the webhooks that its configuration names; to none if it names none."""
    alert = _alert(request.data)
    try:
        experiment = call.db.experiments.row(request.experiment_id)
        if experiment is None:
            raise Internal(f"error getting experiment from id {request.experiment_id}: {NO_ROWS}")
        events.alerted(call.world, experiment, alert, request.trial_id)
    except Internal as error:
        shown = f"{{Title:{alert['title']} Description:{alert['description']} Level:{alert['level']}}}"
        raise Internal(f"failed to handle custom trigger data: {shown} experiment id: {request.experiment_id} "
                       f"trial_id {request.trial_id} : {error.message}") from None
    return {}


def _check_url(url: str, event_id: str) -> None:
    """Raise InvalidArgument for what cannot be posted to."""
    if not is_url(url):
        raise InvalidArgument(f"failed to create webhook request for event {event_id} error : <nil> ")
    failure = f"error sending webhook request for event {event_id} error: Post"
    if scheme_of(url) not in ("http", "https"):
        raise InvalidArgument(f"{failure} {quote(url)}: unsupported protocol scheme {quote(scheme_of(url))}")
    if not has_host(url):
        raise InvalidArgument(f"{failure} {quote(url.replace('://', ':', 1))}: http: no Host in request URL")


def _send_test(call: Call, webhook: Any, event_id: str, answers: list[str]) -> None:
    world = call.world
    with world.lock:
        payload, seconds = payloads.test_event(world, webhook), world.now() // SECOND
    headers = {} if webhook["webhook_type"] == "SLACK" else posting.signed(payload, seconds=seconds, key=world.settings.webhook_signing_key)
    try:
        status = posting.post(webhook["url"], payload, headers)
        answers.append("" if status < 400 else f"received error from webhook server for event {event_id} error: {status} ")
    except posting.NotReached as error:
        answers.append(f"error sending webhook request for event {event_id} error: {error}")
    world.notify()


def _alert(data: Any) -> dict[str, str]:
    if data is None:
        return {"title": "", "description": "", "level": ""}
    level = data.level.removeprefix("LOG_LEVEL_") if isinstance(data.level, str) else "UNSPECIFIED"
    return {"title": data.title, "description": data.description, "level": level}
