"""Garbage collection: which tasks are started, and when (master: checkpoint_gc.go, api_experiment.go).

Starting only leaves tasks behind; the engine executes them when an agent is there. One task for each storage.
"""
from __future__ import annotations

import logging
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Iterable, Mapping, Sequence

from fakedet.domain.errors import Internal
from fakedet.domain.gc import Policy
from fakedet.services import finding
from fakedet.services.checkpoints.executing import execute, has_open_tasks
from fakedet.services.checkpoints.planning import NOTHING, differences, policy_of, victims
from fakedet.services.trials.states import is_managed
from fakedet.storage.globs import EVERYTHING

if TYPE_CHECKING:
    from fakedet.world import World

__all__ = ["collect", "collect_all", "collect_by_policy", "execute", "has_open_tasks", "policy_changed", "start_task"]

log = logging.getLogger("fakedet.gc")
Row = Mapping[str, Any]


def collect(world: "World", checkpoints: Iterable[Row], globs: Sequence[str], *, experiment: Row | None = None,
            owner_id: int | None = None, tensorboard: bool = False) -> None:
    """Start tasks that delete what matches `globs`, for the experiment's job or a new one of user `owner_id`.

    With `tensorboard` the experiment's event files go too, if any checkpoint does.
    """
    job_id = experiment["job_id"] if experiment else _new_job(world, owner_id)
    groups: dict[tuple[int, int | None], list[str]] = defaultdict(list)
    for row in checkpoints:
        groups[finding.trial(world.db, row["trial_id"])["experiment_id"], row["storage_id"]].append(row["uuid"])
    for (experiment_id, storage_id), uuids in groups.items():
        task_id = f"{experiment_id}.{world.ids.uuid()}" if experiment else world.ids.uuid()
        start_task(world, task_id, job_id, {"experiment_id": experiment_id, "storage_id": storage_id,
                                            "checkpoints": uuids, "globs": list(globs), "tensorboard": tensorboard})


def collect_by_policy(world: "World", experiment: Row) -> None:
    """An experiment has come to its end: delete what its policy does not keep; nothing if it cannot be told."""
    if is_managed(experiment):
        policy = experiment.get("policy_at_start") or policy_of(experiment["config"])
        try:
            _collect_victims(world, experiment, Policy(*policy))
        except Internal as error:
            log.warning("no checkpoints of experiment %s are collected: %s", experiment["id"], error.message)


def collect_all(world: "World", experiment: Row) -> None:
    """An experiment is being deleted: delete all its checkpoints but those that others need."""
    _collect_victims(world, experiment, NOTHING, tensorboard=True)


def policy_changed(world: "World", before: Row, after: Row, *, notices: list[str] | None = None) -> None:
    """Somebody has set a policy, maybe the same one: collect by it at once.

    DIFF: 0.38.1 collects by the policy before the change, and the end of an experiment that runs still goes by the one
    that it started with (test_upstream_a_new_policy_collects_by_the_old_one).
    """
    old, new = policy_of(before["config"]), policy_of(after["config"])
    if notices is not None:
        notices += differences(world.db, after, old, new)
    if world.settings.upstream and is_managed(before) and before["end_time"] is None:
        world.db.experiments.change(after["id"], policy_at_start=list(before.get("policy_at_start") or old))
    _collect_victims(world, after, old if world.settings.upstream else new, tensorboard=True)


def _collect_victims(world: "World", experiment: Row, policy: Policy, *, tensorboard: bool = False) -> None:
    views = victims(world.db, experiment, policy, world.settings.semantics)
    collect(world, [view.row for view in views], [EVERYTHING], experiment=experiment, tensorboard=tensorboard)


def _new_job(world: "World", owner_id: int | None) -> str:
    job_id = world.ids.uuid()
    world.db.jobs.insert({"job_id": job_id, "job_type": "CHECKPOINT_GC", "owner_id": owner_id,
                          "q_position": world.now(), "priority": None, "weight": None})
    return job_id


def start_task(world: "World", task_id: str, job_id: str, config: dict[str, Any]) -> None:
    """A garbage collection task that waits for an agent."""
    world.db.tasks.insert({
        "task_id": task_id, "type": "CHECKPOINT_GC", "job_id": job_id, "state": None, "start_time": world.now(),
        "end_time": None, "config": config, "parent_id": None, "no_pause": None, "forked_from": None,
        "log_retention_days": None})
    world.db.allocations.insert({
        "allocation_id": f"{task_id}.1", "task_id": task_id, "state": "PENDING", "slots": 0, "resource_pool": "default",
        "start_time": world.now(), "end_time": None, "is_ready": None, "exit_reason": None, "exit_error": None,
        "status_code": None, "ports": {}, "proxy_address": None})
