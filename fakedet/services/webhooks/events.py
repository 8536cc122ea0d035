"""What happens and sets webhooks off: states of experiments, lines of logs, alerts. Each event waits in a queue to be sent.

Mirrors webhooks/postgres_webhook.go. A line of a log sets a trigger off once a task.
"""
from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Iterable, Iterator, Mapping

from fakedet.domain import go_regexp
from fakedet.domain.errors import Internal
from fakedet.services.webhooks import payloads

if TYPE_CHECKING:
    from fakedet.store import Database
    from fakedet.world import World

Row = Mapping[str, Any]
NO_ROWS = "sql: no rows in result set"
#: A trial's log shows its configuration, which may hold the expression itself.
_CONFIG_LINE = re.compile(r'"log_policies":')


def state_changed(world: "World", experiment: Row) -> None:
    """A managed experiment has the state that its row shows."""
    for trigger, webhook in _triggers(world.db, "EXPERIMENT_STATE_CHANGE"):
        if trigger["condition"].get("state") == experiment["state"] and matches(world.db, webhook, experiment):
            _enqueue(world, webhook, payloads.state_change(world, webhook, experiment))


def lines_added(world: "World", task_id: str, lines: Iterable[Row]) -> None:
    """Agents have sent lines of a task; the first that names no agent ends the search."""
    watched = list(_triggers(world.db, "TASK_LOG"))
    for line in lines if watched else ():
        if line.get("agent_id") is None:
            return
        for trigger, webhook in watched:
            if not _CONFIG_LINE.search(line["log"]) and go_regexp.found(trigger["condition"]["regex"], line["log"]):
                _line_found(world, task_id, line, trigger, webhook)


def alerted(world: "World", experiment: Row, alert: Row, trial_id: int) -> None:
    """Code of an experiment raises an alert, for the webhooks that its configuration names."""
    for webhook in _named(world.db, experiment):
        for trigger in world.db.webhook_triggers.rows(webhook_id=webhook["id"]):
            if trigger["trigger_type"] == "CUSTOM":
                _enqueue(world, webhook, payloads.alert(world, webhook, experiment, alert, trial_id))


def matches(db: "Database", webhook: Row, experiment: Row | None, workspace_id: int | None = None) -> bool:
    """Whether a webhook is for this experiment (or, without one, for a task of this workspace)."""
    wishes = wishes_of(experiment)
    if wishes.get("exclude"):
        return False
    if experiment is not None:
        workspace_id = db.projects.row(experiment["project_id"])["workspace_id"]
    if webhook["workspace_id"] not in (None, workspace_id):
        return False
    return webhook["mode"] != "SPECIFIC" or webhook["id"] in _listed(wishes, "webhook_id") or webhook["name"] in _listed(wishes, "webhook_name")


def wishes_of(experiment: Row | None) -> Mapping[str, Any]:
    """What an experiment's configuration says of webhooks."""
    integrations = (experiment["config"].get("integrations") if experiment else None) or {}
    return integrations.get("webhooks") or {}


def _named(db: "Database", experiment: Row) -> Iterator[Row]:
    wishes = wishes_of(experiment)
    workspace_id = db.projects.row(experiment["project_id"])["workspace_id"]
    if wishes.get("exclude"):
        return
    for number in _listed(wishes, "webhook_id"):
        webhook = db.webhooks.row(number)
        if webhook is None:
            raise Internal(f"error getting webhook from id {number}: {NO_ROWS}")
        if webhook["workspace_id"] in (None, workspace_id):
            yield webhook
    for name in _listed(wishes, "webhook_name"):
        yield from [row for row in db.webhooks.rows(name=name) if row["workspace_id"] in (None, workspace_id)][:1]


def _listed(wishes: Mapping[str, Any], key: str) -> list[Any]:
    return list(wishes.get(key) or [])


def _triggers(db: "Database", kind: str) -> Iterator[tuple[Row, Row]]:
    """The triggers of a kind, each with its webhook."""
    for trigger in db.webhook_triggers.rows(trigger_type=kind):
        yield trigger, db.webhooks.row(trigger["webhook_id"])


def _line_found(world: "World", task_id: str, line: Row, trigger: Row, webhook: Row) -> None:
    db, found = world.db, {"task_id": task_id, "trigger_id": trigger["id"]}
    link = db.trial_tasks.one(task_id=task_id)
    experiment = db.experiments.row(db.trials.row(link["trial_id"])["experiment_id"]) if link else None
    if not matches(db, webhook, experiment, _workspace_of_command(db, task_id)) or db.webhook_lines.one(**found) is not None:
        return
    db.webhook_lines.insert(found)
    _enqueue(world, webhook, payloads.log_line(world, webhook, task_id, line, trigger["condition"]["regex"]))


def _workspace_of_command(db: "Database", task_id: str) -> int | None:
    command = db.commands.one(task_id=task_id)
    return command["workspace_id"] if command else None


def _enqueue(world: "World", webhook: Row, payload: str) -> None:
    """Put into the queue of the world's shipper, which sends it when this is committed."""
    world.shipper.queue.insert({"url": webhook["url"], "payload": payload})
