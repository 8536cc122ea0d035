"""A trial's row as the Trial message (master: proto_get_trials_plus.sql)."""
from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any, Iterator, Mapping

from fakedet.domain.errors import MasterError
from fakedet.domain.searcher_metric import Goal
from fakedet.domain.sql_casts import as_integer
from fakedet.services.metrics.best import validations_of
from fakedet.services.trials.best_checkpoint import BestCheckpoints

if TYPE_CHECKING:
    from fakedet.store import Database
    from fakedet.world import World

Row = Mapping[str, Any]
SECOND = 1_000_000
#: From the most to the least advanced: what an allocation makes of the ACTIVE state of its trial.
_ALLOCATION_STATES = ("RUNNING", "STARTING", "PULLING")
#: The query that reads trials, in its errors.
QUERY = "error running query: proto_get_trials_plus"
_OPTIONAL = ("log_retention_days", "metadata", "log_policy_matched")


def shown_trial(world: "World", trial: Row) -> dict[str, Any]:
    """The message with the state that reading calls show: that of the allocation, if the trial is active."""
    return {**trial_message(world, trial), "state": shown_state(world.db, trial)}


def trial_message(world: "World", trial: Row) -> dict[str, Any]:
    """The message with the stored state."""
    db = world.db
    experiment = db.experiments.row(trial["experiment_id"])
    assert experiment is not None
    goal, tasks = Goal.of(experiment["config"]), tasks_of(db, trial["id"])
    best_id = validations_of(db, trial, goal).best_id
    checkpoint = world.the(BestCheckpoints).of_trial(trial, goal) if best_id is not None and trial["checkpoint_count"] else None
    return {
        **basic_message(trial),
        "restarts": min(trial["restarts"], experiment["config"]["max_restarts"]),
        "total_batches_processed": trial["total_batches"],
        "best_validation": _validation(db, best_id),
        "latest_validation": _validation(db, trial["latest_validation_id"]),
        "best_checkpoint": checkpoint and _checkpoint(checkpoint),
        "wall_clock_time": _wall_clock_time(world, tasks),
        "warm_start_checkpoint_uuid": trial["warm_start_checkpoint_uuid"] or "",
        "task_id": tasks[0]["task_id"] if tasks else "",
        "task_ids": [task["task_id"] for task in tasks],
        "total_checkpoint_size": trial["checkpoint_size"],
        "checkpoint_count": trial["checkpoint_count"],
        "summary_metrics": trial["summary_metrics"],
        **{name: trial[name] for name in _OPTIONAL if trial.get(name) is not None},
    }


@contextlib.contextmanager
def reading(context: str) -> Iterator[None]:
    """Within it, a trial that cannot be read (a checkpoint's steps are no number) fails with this context."""
    try:
        yield
    except MasterError as error:
        raise error.wrapped(context) from None


def basic_message(trial: Row) -> dict[str, Any]:
    """The little that comparisons of trials show."""
    return {"id": trial["id"], "experiment_id": trial["experiment_id"], "start_time": trial["start_time"],
            "end_time": trial["end_time"], "state": "STATE_" + trial["state"], "hparams": trial["hparams"],
            "runner_state": trial["runner_state"]}


def metrics_workload(row: Row, *, batch_metrics: bool = False) -> dict[str, Any]:
    """A report as the MetricsWorkload message."""
    body = row["metrics"]
    metrics = {"avg_metrics": body.get("validation_metrics", body.get("avg_metrics"))}
    if batch_metrics:
        metrics["batch_metrics"] = body.get("batch_metrics") or []
    return {"end_time": row["end_time"], "metrics": metrics, "total_batches": row["total_batches"]}


def tasks_of(db: "Database", trial_id: int) -> list[Row]:
    """The trial's tasks by their start."""
    tasks = [db.tasks.one(task_id=link["task_id"]) for link in db.trial_tasks.rows(trial_id=trial_id)]
    return sorted((task for task in tasks if task is not None), key=lambda task: task["start_time"])


def shown_state(db: "Database", trial: Row) -> str:
    """The state with its prefix; an active trial shows the most advanced state of its latest task's allocations."""
    if trial["state"] != "ACTIVE":
        return f"STATE_{trial['state']}"
    tasks = tasks_of(db, trial["id"])
    live = {allocation["state"] for allocation in db.allocations.rows(task_id=tasks[-1]["task_id"])} if tasks else set()
    return "STATE_" + next((state for state in _ALLOCATION_STATES if state in live), "QUEUED")


def unreadable_metadata(trial: Row) -> str:
    """Why the master cannot read back a trial with metadata that it has just put (master: ParseMapToProto)."""
    shown = json.dumps(json.dumps(trial["metadata"]))
    return ("failed to parse map into proto: error converting row to Protobuf struct: "
            f"proto:\u00a0syntax error (line 1:{_place_of_metadata(trial)}): unexpected token {shown}")


def _place_of_metadata(trial: Row) -> int:
    """Where the metadata begin in the row as Go prints it, counted from 1."""
    before = {"best_checkpoint": None, "best_validation": None, "checkpoint_count": trial["checkpoint_count"], "end_time": None,
              "experiment_id": trial["experiment_id"], "hparams": trial["hparams"], "id": trial["id"], "latest_validation": None,
              "log_policy_matched": trial.get("log_policy_matched"), "log_retention_days": trial["log_retention_days"]}
    return len(json.dumps(before, separators=(",", ":"), ensure_ascii=False)) + len('"metadata":') + 1


def _validation(db: "Database", number: int | None) -> dict[str, Any] | None:
    row = None if number is None else db.metrics.row(number)
    return None if row is None or row["archived"] else metrics_workload(row)


def _checkpoint(row: Row) -> dict[str, Any]:
    return {"uuid": row["uuid"], "end_time": row["report_time"], "state": "STATE_" + row["state"], "resources": row["resources"],
            "total_batches": as_integer(row["metadata"]["steps_completed"])}


def _wall_clock_time(world: "World", tasks: list[Row]) -> float:
    """Seconds that the allocations of the trial have lasted, running ones until now."""
    allocations = [allocation for task in tasks for allocation in world.db.allocations.rows(task_id=task["task_id"])
                   if allocation["start_time"] is not None]
    lasted: int = sum((allocation["end_time"] or world.now()) - allocation["start_time"] for allocation in allocations)
    return lasted / SECOND
