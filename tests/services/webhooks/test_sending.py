"""Webhooks really post: signed, to whom they are for, as often as they should. The receiver listens on the loopback."""
from __future__ import annotations

import hashlib
import hmac
import http.server
import json
import queue
import threading
from pathlib import Path
from typing import Any, Iterator

import pytest

from fakedet.settings import Settings
from fakedet.world import World

CONFIG = {"name": "watched", "entrypoint": "true", "searcher": {"name": "single", "metric": "loss", "max_length": 1},
          "workspace": "Uncategorized", "project": "Uncategorized"}
CANCELED = [{"triggerType": "TRIGGER_TYPE_EXPERIMENT_STATE_CHANGE", "condition": {"state": "CANCELED"}}]
PATIENCE = 10.0


class Receiver(http.server.HTTPServer):
    """A server that keeps what it is sent and answers with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.received: queue.Queue[tuple[dict[str, str], bytes]] = queue.Queue()
        self.status = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"

    def next(self) -> tuple[dict[str, str], bytes]:
        return self.received.get(timeout=PATIENCE)

    def event(self) -> dict[str, Any]:
        return json.loads(self.next()[1])


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.put((dict(self.headers), body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def cluster(make_detached: Any) -> Any:
    return make_detached(webhook_signing_key="key", agents=1)


def hook(cluster: Any, receiver: Receiver, triggers: list[dict[str, Any]] | None = None, **more: Any) -> int:
    sent = {"url": receiver.url, "webhookType": "WEBHOOK_TYPE_DEFAULT", "name": "hook", "triggers": triggers or CANCELED, **more}
    return cluster.post("/webhooks", sent)["webhook"]["id"]


def canceled(cluster: Any, **config: Any) -> int:
    """An experiment that was killed before it began."""
    number = cluster.post("/experiments", {"config": json.dumps({**CONFIG, **config})})["experiment"]["id"]
    cluster.post(f"/experiments/{number}/kill")
    return number


def test_the_end_of_an_experiment_is_posted_with_a_signature_over_time_and_body(cluster: Any, receiver: Receiver) -> None:
    hook(cluster, receiver)
    number = canceled(cluster)
    headers, body = receiver.next()
    lowered = {name.lower(): value for name, value in headers.items()}
    seconds = lowered["x-determined-ai-signature-timestamp"]
    signature = hmac.new(b"key", f"{seconds},".encode() + body, hashlib.sha256).hexdigest()
    assert lowered["x-determined-ai-signature"] == signature
    assert lowered["content-type"] == "application/json; charset=UTF-8"
    event = json.loads(body)
    assert list(event) == ["event_id", "event_type", "timestamp", "condition", "event_data"]
    assert (event["event_type"], event["condition"]) == ("EXPERIMENT_STATE_CHANGE", {"state": "CANCELED"})
    assert event["event_data"]["experiment"] == {
        "id": number, "state": "CANCELED", "name": "watched", "duration": 0, "resource_pool": "default", "slots_per_trial": 1,
        "workspace": "Uncategorized", "project": "Uncategorized"}


def test_slack_gets_a_message_instead(cluster: Any, receiver: Receiver) -> None:
    hook(cluster, receiver, webhookType="WEBHOOK_TYPE_SLACK")
    number = canceled(cluster)
    event = receiver.event()
    assert event["blocks"][0]["text"]["text"] == "The status of your experiment is CANCELED"
    (about,) = event["attachments"][0]["blocks"]
    assert about["text"]["text"] == f"watched (#{number})"
    assert [field["text"] for field in about["fields"]] == ["*Status*: CANCELED", "*Duration*: 0h 0min", "*Workspace*: Uncategorized",
                                                        "*Project*: Uncategorized"]


def test_only_the_state_of_the_condition_counts(cluster: Any, receiver: Receiver) -> None:
    hook(cluster, receiver, [{"triggerType": "TRIGGER_TYPE_EXPERIMENT_STATE_CHANGE", "condition": {"state": "COMPLETED"}}])
    canceled(cluster)
    assert cluster.world.db.webhook_events.tally() == 0 and receiver.received.empty()


@pytest.mark.parametrize("wishes, mode, is_sent", [
    ({}, "WORKSPACE", True), ({"exclude": True}, "WORKSPACE", False), ({}, "SPECIFIC", False), ({"webhook_id": [1]}, "SPECIFIC", True),
    ({"webhook_id": [2]}, "SPECIFIC", False), ({"webhook_name": ["hook"]}, "SPECIFIC", True), ({"webhook_name": ["other"]}, "SPECIFIC", False),
])
def test_an_experiment_says_which_webhooks_are_for_it(cluster: Any, receiver: Receiver, wishes: dict, mode: str, is_sent: bool) -> None:
    hook(cluster, receiver, mode=f"WEBHOOK_MODE_{mode}")
    hook(cluster, receiver, name="last", webhookType="WEBHOOK_TYPE_SLACK")
    canceled(cluster, **({"integrations": {"webhooks": wishes}} if wishes else {}))
    if not wishes.get("exclude"):
        assert ("event_id" in receiver.event()) == is_sent  # the Slack message comes last
    else:
        assert cluster.world.db.webhook_events.tally() == 0 and receiver.received.empty()


def test_a_webhook_of_another_workspace_is_not_for_it(cluster: Any, receiver: Receiver) -> None:
    workspace = cluster.post("/workspaces", {"name": "other"})["workspace"]["id"]
    hook(cluster, receiver, workspaceId=workspace)
    canceled(cluster)
    assert cluster.world.db.webhook_events.tally() == 0 and receiver.received.empty()


def test_a_line_of_a_log_sets_a_trigger_off_once_a_task(cluster: Any, receiver: Receiver) -> None:
    hook(cluster, receiver, [{"triggerType": "TRIGGER_TYPE_TASK_LOG", "condition": {"regex": "out of mem(ory)?"}}])
    task_id = cluster.show(cluster.trial())["taskId"]
    line = {"taskId": task_id, "agentId": "agent1"}
    logs = ["all is well", '"log_policies": ["out of memory"]', "CUDA is out of memory", "out of memory again"]
    cluster.post("/task/logs", {"logs": [{**line, "log": log} for log in logs]})
    event = receiver.event()
    assert (event["event_type"], event["condition"]) == ("TASK_LOG", {"regex": "out of mem(ory)?"})
    assert event["event_data"] == {"task_log": {"task_id": task_id, "node_name": "agent1", "triggering_log": "CUDA is out of memory"}}
    cluster.post("/task/logs", {"logs": [{**line, "log": "out of memory, still"}]})
    assert cluster.world.db.webhook_events.tally() == 0 and receiver.received.empty()


def test_lines_that_name_no_agent_set_nothing_off(cluster: Any, receiver: Receiver) -> None:
    hook(cluster, receiver, [{"triggerType": "TRIGGER_TYPE_TASK_LOG", "condition": {"regex": "memory"}}])
    cluster.post("/task/logs", {"logs": [{"taskId": cluster.show(cluster.trial())["taskId"], "log": "out of memory"}]})
    assert cluster.world.db.webhook_events.tally() == 0 and receiver.received.empty()


def test_an_alert_goes_to_the_webhooks_that_the_configuration_names(cluster: Any, receiver: Receiver) -> None:
    hook(cluster, receiver, [{"triggerType": "TRIGGER_TYPE_CUSTOM"}], mode="WEBHOOK_MODE_SPECIFIC")
    number = canceled(cluster, integrations={"webhooks": {"webhook_name": ["hook"]}})
    alert = {"title": "T <&>", "description": "D", "level": "LOG_LEVEL_INFO"}
    cluster.post("/webhooks/custom", {"data": alert, "experimentId": number, "trialId": 1})
    event = receiver.event()
    assert event["event_data"]["custom_data"] == {"title": "T <&>", "description": "D", "level": "INFO"}
    assert event["event_data"]["experiment"]["trial_id"] == 1


def test_a_server_error_is_tried_three_times_and_a_refusal_once(cluster: Any, receiver: Receiver) -> None:
    hook(cluster, receiver)
    receiver.status = 503
    first = canceled(cluster)
    assert [receiver.event()["event_data"]["experiment"]["id"] for _ in range(3)] == [first] * 3
    receiver.status = 404
    second, third = canceled(cluster), canceled(cluster)
    assert [receiver.event()["event_data"]["experiment"]["id"] for _ in range(2)] == [second, third]


def test_a_test_answers_when_the_other_side_has(cluster: Any, receiver: Receiver) -> None:
    number = hook(cluster, receiver)
    cluster.post(f"/webhooks/{number}/test")
    assert receiver.event()["event_data"] == {"data": "test"}
    receiver.status = 400
    assert "received error from webhook server for event" in cluster.refusal("POST", f"/webhooks/{number}/test")


def test_what_was_not_sent_when_the_master_stopped_is_sent_when_it_starts_again(tmp_path: Path, receiver: Receiver) -> None:
    stopped = World(Settings(agents=0), directory=tmp_path)
    stopped.closed = True  # nothing is sent any more
    stopped.shipper.queue.insert({"url": receiver.url, "payload": '{"event_id":"1"}'})
    stopped.closed = False
    stopped.close()
    started = World(Settings(agents=0), directory=tmp_path)
    assert receiver.event() == {"event_id": "1"}
    started.close()


def test_a_slack_test_is_neither_signed_nor_typed(cluster: Any, receiver: Receiver) -> None:
    number = hook(cluster, receiver, webhookType="WEBHOOK_TYPE_SLACK")
    cluster.post(f"/webhooks/{number}/test")
    headers, body = receiver.next()
    assert not {name.lower() for name in headers} & {"content-type", "x-determined-ai-signature"}
    assert body == b'{"blocks":[{"type":"section","text":{"type":"plain_text","text":"test"}}]}'


@pytest.mark.parametrize("url, words", [
    ("::bad", "failed to create webhook request for event"), ("http://a b/", "failed to create webhook request for event"),
    ("", 'Post "": unsupported protocol scheme ""'), ("ftp://x", 'unsupported protocol scheme "ftp"'),
    ("http://", 'Post "http:": http: no Host in request URL'),
])
def test_a_url_that_cannot_be_posted_to_is_told(cluster: Any, receiver: Receiver, url: str, words: str) -> None:
    number = hook(cluster, receiver)
    cluster.call("PATCH", f"/webhooks/{number}", {"url": url})
    assert words in cluster.refusal("POST", f"/webhooks/{number}/test")


def test_a_test_of_a_webhook_that_nobody_serves_tells_so(cluster: Any, receiver: Receiver) -> None:
    number = hook(cluster, receiver, url="http://127.0.0.1:1/hook")
    refusal = cluster.refusal("POST", f"/webhooks/{number}/test")
    assert refusal.startswith("400 error sending webhook request") and refusal.endswith("dial tcp 127.0.0.1:1: connect: connection refused")
