"""What a webhook is sent: the master's own JSON, or a Slack message (master: webhooks/webhook.go, postgres_webhook.go).

Links to the web UI are left out of Slack messages, as they are where the master's configuration has no base URL.
"""
from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Mapping

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]
SECOND = 1_000_000
HOUR = 3600 * SECOND
GREEN, RED, BLUE = "#13B670", "#DD5040", "#009bde"


def test_event(world: "World", webhook: Row) -> str:
    """What a test sends."""
    if webhook["webhook_type"] == "SLACK":
        return _json({"blocks": [{"type": "section", "text": _text("test", "plain_text")}]})
    return _event(world, "EXPERIMENT_STATE_CHANGE", {"state": "COMPLETED"}, {"data": "test"})


def state_change(world: "World", webhook: Row, experiment: Row) -> str:
    """An experiment has taken a state."""
    if webhook["webhook_type"] == "SLACK":
        return _slack(world, experiment)
    return _event(world, "EXPERIMENT_STATE_CHANGE", {"state": experiment["state"]}, {"experiment": _experiment(experiment)})


def alert(world: "World", webhook: Row, experiment: Row, data: Row, trial_id: int) -> str:
    """An alert of an experiment's code: title, description, level."""
    if webhook["webhook_type"] == "SLACK":
        return _slack(world, experiment, data, trial_id)
    shown = {**_experiment(experiment), **({"trial_id": trial_id} if trial_id > 0 else {})}
    return _event(world, "CUSTOM", {"state": experiment["state"]}, {"experiment": shown, "custom_data": dict(data)})


def log_line(world: "World", webhook: Row, task_id: str, line: Row, regex: str) -> str:
    """A task's log has a line that matches an expression."""
    if webhook["webhook_type"] == "SLACK":
        return _json({"blocks": [{"type": "section", "text": _text(_line_message(world, task_id, line, regex))}]})
    found = {"task_id": task_id, "node_name": line["agent_id"], "triggering_log": line["log"]}
    return _event(world, "TASK_LOG", {"regex": regex}, {"task_log": found})


def _event(world: "World", kind: str, condition: Row, data: Row) -> str:
    return _json({"event_id": world.ids.uuid(), "event_type": kind, "timestamp": world.now() // SECOND, "condition": dict(condition),
                  "event_data": dict(data)})


def _experiment(experiment: Row) -> dict[str, Any]:
    config, end = experiment["config"], experiment["end_time"]
    resources = config.get("resources") or {}
    return {"id": experiment["id"], "state": experiment["state"], "name": config.get("name") or "",
            "duration": 0 if end is None else int((end - experiment["start_time"]) / SECOND),
            "resource_pool": resources.get("resource_pool") or "", "slots_per_trial": resources.get("slots_per_trial") or 0,
            "workspace": config.get("workspace") or "", "project": config.get("project") or ""}


def _slack(world: "World", experiment: Row, data: Row | None = None, trial_id: int = 0) -> str:
    sentence, mark, color, status = _tone(experiment["state"])
    config = experiment["config"]
    facts = {"Status": status, "Duration": _duration(world, experiment), "Workspace": config.get("workspace"), "Project": config.get("project"),
             "Trial ID": trial_id if trial_id > 0 else None}
    about = {"type": "section", "text": _text(f"{mark}{config.get('name') or ''} (#{experiment['id']})"), "fields": _fields(facts)}
    message: dict[str, Any] = {"type": "section", "text": _text(sentence, "plain_text")}
    if data is not None:
        message["fields"] = _fields({"Level": data["level"], "Title": data["title"], "Description": data["description"]}, blank=True)
    return _json({"blocks": [message], "attachments": [{"color": color, "blocks": [about]}]})


def _tone(state: str) -> tuple[str, str, str, str]:
    """The sentence, the mark, the colour and the word for a state."""
    if state == "COMPLETED":
        return "Your experiment completed successfully 🎉", "✅ ", GREEN, "Completed"
    if state == "ERROR":
        return "Your experiment has stopped with errors", "❌ ", RED, "Errored"
    return f"The status of your experiment is {state}", "", BLUE, state


def _duration(world: "World", experiment: Row) -> str:
    end = world.now() if experiment["end_time"] is None else experiment["end_time"]
    part, hours = math.modf((end - experiment["start_time"]) / HOUR)
    return f"{int(hours)}h {int(part * 60)}min"


def _fields(facts: Mapping[str, Any], *, blank: bool = False) -> list[dict[str, str]]:
    return [_text(f"*{name}*: {value}") for name, value in facts.items() if value or blank]


def _line_message(world: "World", task_id: str, line: Row, regex: str) -> str:
    link = world.db.trial_tasks.one(task_id=task_id)
    node, found = line["agent_id"], f"```{line['log']}```\nThis log matched the regex\n```{regex}```\n"
    if link is None:
        kind = world.db.tasks.one(task_id=task_id)["type"]
        return f"Task ID `{task_id}`, task type `{kind}`, running on node `{node}`, reported a log\n{found}"
    trial = world.db.trials.row(link["trial_id"])
    path = f"/det/experiments/{trial['experiment_id']}/trials/{trial['id']}/logs"
    return (f"Experiment ID `{trial['experiment_id']}`, Trial ID `{trial['id']}`, running on node `{node}`, reported a log\n"
            f"{found}View full logs at {path}")


def _text(text: str, kind: str = "mrkdwn") -> dict[str, str]:
    return {"type": kind, "text": text}


def _json(value: Any) -> str:
    """As Go writes a struct: in this order, the characters of HTML escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")
