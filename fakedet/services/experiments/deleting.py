"""Deleting an experiment: its checkpoints are collected, then its rows go (master: api_experiment.go, deleteExperiments)."""
from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.errors import FailedPrecondition, Internal, InvalidArgument
from fakedet.services.experiments.states import TERMINAL
from fakedet.services.logs import book

if TYPE_CHECKING:
    from fakedet.store import Database
    from fakedet.world import World

log = logging.getLogger("fakedet.gc")
Row = Mapping[str, Any]
DELETABLE = (*TERMINAL, "DELETE_FAILED")


def check_deletable(db: "Database", experiment: Row) -> None:
    """Refuse one with registered checkpoints, and one that has not ended."""
    uuids = {row["uuid"] for trial in db.trials.rows(experiment_id=experiment["id"]) for row in db.checkpoints.rows(trial_id=trial["id"])}
    if any(db.model_versions.tally(checkpoint_uuid=uuid) for uuid in uuids):
        raise InvalidArgument("checkpoints are registered as model versions")
    if experiment["state"] not in DELETABLE:
        raise FailedPrecondition(f"cannot delete experiment in STATE_{experiment['state']} state")


def delete_experiment(world: "World", experiment: Row, *, owner_id: int | None = None) -> None:
    """Collect the checkpoints; the rows go when that is done, at once where there is nothing to collect. They stay where it cannot be told."""
    from fakedet.services.checkpoints.collecting import collect_all, has_open_tasks

    experiment = world.db.experiments.change(experiment["id"], state="DELETING")
    try:
        collect_all(world, experiment)
    except Internal as error:
        log.warning("experiment %s is not deleted: %s", experiment["id"], error.message)
        world.db.experiments.change(experiment["id"], state="DELETE_FAILED")
        return
    if not has_open_tasks(world.db, experiment["id"]):
        remove_rows(world.db, experiment)


def remove_rows(db: "Database", experiment: Row) -> None:
    """The experiment with its trials, metrics, logs and deleted checkpoints; others stay as orphans."""
    for trial in db.trials.rows(experiment_id=experiment["id"]):
        for checkpoint in db.checkpoints.rows(trial_id=trial["id"]):
            if checkpoint["state"] == "DELETED":
                db.checkpoints.delete(checkpoint["id"])
            else:
                db.checkpoints.change(checkpoint["id"], trial_id=None)
        remove_trial(db, trial)
    db.experiments.delete(experiment["id"])


def remove_trial(db: "Database", trial: Row) -> None:
    """A trial whose checkpoints are taken care of, with its metrics and logs."""
    for report in db.metrics.rows(trial_id=trial["id"]):
        db.metrics.delete(report["id"])
    for link in db.trial_tasks.rows(trial_id=trial["id"]):
        book.remove(db, link["task_id"])
        db.trial_tasks.delete(link["id"])
    db.trials.delete(trial["id"])
