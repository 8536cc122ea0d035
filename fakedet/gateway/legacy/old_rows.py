"""Rows as masters up to 0.17 showed them outside /api/v1: steps with a checkpoint and a validation each, trials, experiments.

The steps of a trial are what it reported, checkpointed or validated at one number of batches. Masters counted them (up to 0.12), or the
batches before and within them (0.13 to 0.15.3), or just the batches: rows have all of it.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.sql_casts import as_integer
from fakedet.domain.timestamps import format_time_of_go
from fakedet.gateway.legacy.flat_checkpoint import STEPS, plain_metadata, storage_of

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
Document = dict[str, Any]
DONE = "COMPLETED"
BATCHES_PER_STEP = 100
#: Where shared_fs storage was mounted.
CONTAINER_PATH = "/determined_shared_fs"


def jsonb(value: Any) -> Any:
    """The value with keys in the order of PostgreSQL's jsonb: the short ones first."""
    if isinstance(value, Mapping):
        return {key: jsonb(value[key]) for key in sorted(value, key=lambda key: (len(key.encode()), key.encode()))}
    return [jsonb(item) for item in value] if isinstance(value, list) else value


def time_text(time: int | None) -> str | None:
    """A time as PostgreSQL's JSON writes it."""
    return None if time is None else format_time_of_go(time).replace("Z", "+00:00")


def config_of(experiment: Row) -> Document:
    """The config, with what only old clients read."""
    config = experiment["config"]
    storage = storage_of(config)
    if storage.get("type") == "shared_fs":
        storage.setdefault("container_path", CONTAINER_PATH)
    ordered: Document = jsonb({**config, "checkpoint_storage": storage, "labels": config.get("labels") or [],
                               "batches_per_step": config.get("scheduling_unit") or BATCHES_PER_STEP})
    return ordered


def experiment_row(db: "Database", experiment: Row, **more: Any) -> Document:
    """An experiment."""
    owner = db.users.row(experiment["owner_id"])
    return {
        "id": experiment["id"], "state": experiment["state"], "archived": experiment["archived"], "config": config_of(experiment),
        "start_time": time_text(experiment["start_time"]), "end_time": time_text(experiment["end_time"]),
        "progress": 1 if experiment["state"] == DONE else experiment["progress"] or 0,
        "owner": {"id": owner["id"], "username": owner["username"]},
        "git_remote": experiment.get("git_remote"), "git_commit": experiment.get("git_commit"),
        "git_committer": experiment.get("git_committer"), "git_commit_date": time_text(experiment.get("git_commit_date")), **more}


def trial_row(trial: Row, **more: Any) -> Document:
    """A trial."""
    return {"id": trial["id"], "experiment_id": trial["experiment_id"], "state": trial["state"], "seed": trial["seed"],
            "start_time": time_text(trial["start_time"]), "end_time": time_text(trial["end_time"]), "hparams": jsonb(trial["hparams"]),
            "warm_start_checkpoint_id": None, "runner_state": (trial["runner_state"] or "UNSPECIFIED"), **more}


def steps_of(db: "Database", trial: Row, *, metrics: bool = False) -> list[Document]:
    """The trial's steps; `metrics`: with what was measured in training, which clients must not find where they did not ask for it."""
    reports = _by_batches(db, trial, "training")
    validations = _by_batches(db, trial, "validation")
    checkpoints = {_batches_of(row): row for row in db.checkpoints.rows(trial_id=trial["id"])}
    found, before = list[Document](), 0
    for number, batches in enumerate(sorted({*reports, *validations, *checkpoints}), 1):
        report, validation, checkpoint = reports.get(batches), validations.get(batches), checkpoints.get(batches)
        ended = next(row["end_time"] if "end_time" in row else row["report_time"] for row in (report, checkpoint, validation) if row)
        found.append({**_span(number, trial, ended, batches), "num_batches": batches - before, "prior_batches_processed": before,
                      "checkpoint": checkpoint and checkpoint_row(checkpoint, number),
                      "validation": validation and validation_row(validation, number)})
        if metrics:
            found[-1]["metrics"] = _training_metrics(report)
        before = batches
    return found


def checkpoint_row(checkpoint: Row, step: int | None) -> Document:
    """A checkpoint within its step."""
    return {**_span(checkpoint["id"], {"id": checkpoint["trial_id"]}, checkpoint["report_time"], _batches_of(checkpoint)),
            "state": checkpoint["state"], "uuid": checkpoint["uuid"], "step_id": step, "resources": jsonb(checkpoint["resources"]),
            "metadata": jsonb(plain_metadata(checkpoint["metadata"]))}


def validation_row(validation: Row, step: int | None) -> Document:
    """A validation within its step."""
    return {**_span(validation["id"], {"id": validation["trial_id"]}, validation["end_time"], validation["total_batches"]),
            "step_id": step, "metrics": measured(validation)}


def measured(validation: Row) -> Document:
    """The metrics of a validation."""
    return {"num_inputs": 0, "validation_metrics": jsonb(validation["metrics"]["validation_metrics"])}


def _span(number: int, trial: Row, ended: int, batches: int) -> Document:
    """Masters up to 0.15 kept when something began; now only the end is known."""
    return {"id": number, "trial_id": trial["id"], "state": DONE, "start_time": time_text(ended), "end_time": time_text(ended),
            "total_batches": batches}


def _training_metrics(report: Row | None) -> Document | None:
    if report is None:
        return None
    return {"num_inputs": 0, "avg_metrics": jsonb(report["metrics"]["avg_metrics"]), "batch_metrics": report["metrics"].get("batch_metrics") or []}


def _by_batches(db: "Database", trial: Row, group: str) -> dict[int, Row]:
    rows = db.metrics.rows(trial_id=trial["id"], group=group)
    return {row["total_batches"]: row for row in rows if not row["archived"]}


def _batches_of(checkpoint: Row) -> int:
    return as_integer(checkpoint["metadata"].get(STEPS)) or 0
