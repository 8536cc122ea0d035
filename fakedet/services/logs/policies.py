"""Log policies: lines that agents send of a trial are held against the patterns of its config (master: internal/logpattern).

A match gives its policy's name to the trial; one with an action is remembered, the first for each pattern: after a failure the trial
is not tried again, or not on that node.
"""
from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Iterable, Mapping

from fakedet.domain import go_regexp
from fakedet.domain.go_text import quote

if TYPE_CHECKING:
    from fakedet.store import Database
    from fakedet.world import World

Row = Mapping[str, Any]
CANCEL_RETRIES, EXCLUDE_NODE = "cancel_retries", "exclude_node"
#: A trial's log shows its configuration, which holds the patterns themselves.
_CONFIG_LINE = re.compile(r'"log_policies":')


def watch(world: "World", task_id: str, lines: Iterable[Row]) -> None:
    """Lines were added to the log of a task; one that names no agent ends the search of its pattern."""
    link = world.db.trial_tasks.one(task_id=task_id)
    if link is None:
        return
    trial, lines = world.db.trials.row(link["trial_id"]), list(lines)
    for policy in world.db.experiments.row(trial["experiment_id"])["config"].get("log_policies") or ():
        if policy.get("pattern") is not None:
            for line in _matching(lines, policy["pattern"]):
                _matched(world, trial, task_id, policy, line)


def against_retries(db: "Database", task_id: str) -> list[Row]:
    """What forbids to try the trial of this task again."""
    return list(db.log_policy_matches.rows(task_id=task_id, action=CANCEL_RETRIES))


def explain(world: "World", task_id: str, matches: Iterable[Row]) -> None:
    """Let the log say why the trial is not tried again."""
    _tell(world, task_id, "trial failed and matched logs to a don't retry policy")
    for match in matches:
        _tell(world, task_id, f"(log {quote(match['log'])} matched regex {quote(match['pattern'])})")


def _matching(lines: Iterable[Row], pattern: str) -> Iterable[Row]:
    for line in lines:
        if line.get("agent_id") is None:
            return
        if not _CONFIG_LINE.search(line["log"]) and go_regexp.found(pattern, line["log"]):
            yield line


def _matched(world: "World", trial: Row, task_id: str, policy: Row, line: Row) -> None:
    action, name, db = policy.get("action"), policy.get("name"), world.db
    if name is not None and db.trials.row(trial["id"]).get("log_policy_matched") != name:
        db.trials.change(trial["id"], log_policy_matched=name)
    known = {"task_id": task_id, "action": action, "pattern": policy["pattern"]}
    if action == EXCLUDE_NODE:
        known["node"] = line["agent_id"]
    if action is None or db.log_policy_matches.one(**known) is not None:
        return
    db.log_policy_matches.insert({"node": line["agent_id"], **known, "log": line["log"]})
    if action == EXCLUDE_NODE:
        db.trials.change(trial["id"], blocked_nodes=[*(db.trials.row(trial["id"]).get("blocked_nodes") or ()), line["agent_id"]])
        _tell(world, task_id, f"(log '{quote(line['log'])}' matched regex {policy['pattern']}) therefore will not schedule on {line['agent_id']}")


def _tell(world: "World", task_id: str, text: str) -> None:
    """The master says something in a task's log."""
    from fakedet.services.logs.writing import append

    append(world, task_id, [{"log": text + "\n", "timestamp": world.now(), "level": "ERROR", "source": "master", "stdtype": "stdout"}])
