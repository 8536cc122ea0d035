"""Making trials: for the searchers of managed experiments, and one by one for unmanaged ones (master: api_experiment.go, db.AddTrial)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.errors import Internal, nil_pointer
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.registry import rpc
from fakedet.services.runs.local_ids import next_local_id
from fakedet.services.trials import waiting
from fakedet.services.trials.messages import reading, trial_message, unreadable_metadata

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]


@rpc("CreateTrial")
def create_unmanaged_trial(call: Call, request: Any) -> dict[str, Any]:
    """A trial of an unmanaged experiment."""
    experiment = _unmanaged_experiment(call, request)
    trial = create_trial(call.world, experiment=experiment, hparams=request.hparams or {}, unmanaged=True)
    return {"trial": trial_message(call.world, trial)}


@rpc("PutTrial")
def put_trial(call: Call, request: Any) -> dict[str, Any]:
    """The trial with this external id: a new one, or the one that is there with other hyperparameters."""
    wanted = request.create_trial_request
    if wanted is None:
        raise nil_pointer()
    _check_unmanaged(wanted)
    finding.experiment(call.db, wanted.experiment_id)
    with reading("failed to run create trial tx: failed to create trial"):
        trial = _upserted(call, wanted, request.external_trial_id)
        with reading(f"failed to get trial {trial['id']}"):
            return {"trial": trial_message(call.world, trial)}


def create_trial(world: "World", *, experiment: Row, hparams: Mapping[str, Any], seed: int = 0, request_id: str | None = None,
                 unmanaged: bool = False, external_trial_id: str | None = None, warm_start_checkpoint_uuid: str | None = None) -> Row:
    """Insert a trial with its task; a managed one takes the state of its experiment and a number within its project."""
    suffix = request_id if request_id is not None else external_trial_id
    task_id = f"{experiment['id']}.{world.ids.uuid() if suffix is None else suffix}"
    put_task(world, task_id, None if unmanaged else experiment["job_id"])
    number = world.db.trials.insert({
        **_fresh(world.now()), "experiment_id": experiment["id"], "project_id": experiment["project_id"],
        "local_id": 0 if unmanaged else next_local_id(world.db, experiment["project_id"]),
        "state": "ACTIVE" if not unmanaged and experiment["state"] == "ACTIVE" else "PAUSED",
        "hparams": dict(hparams), "seed": seed, "request_id": request_id, "external_trial_id": external_trial_id,
        "warm_start_checkpoint_uuid": warm_start_checkpoint_uuid})
    world.db.trial_tasks.insert({"trial_id": number, "task_id": task_id})
    if not unmanaged and experiment["config"]["searcher"]["name"] == "single":
        world.db.experiments.change(experiment["id"], best_trial_id=number)
    trial: Row = world.db.trials.row(number)
    return waiting.ask_for_run(world, trial) if trial["state"] == "ACTIVE" else trial


def _fresh(now: int) -> dict[str, Any]:
    """What every trial begins with."""
    return {"start_time": now, "end_time": None, "restarts": 0, "run_id": 0, "run_steps": {}, "summary_metrics": {},
            "best_validation_id": None, "latest_validation_id": None, "validations": None, "total_batches": 0,
            "searcher_metric_value": None, "searcher_metric_value_signed": None, "checkpoint_size": 0, "checkpoint_count": 0,
            "runner_state": "", "last_activity": None, "log_retention_days": None, "metadata": None, "metadata_project_id": None, "archived": False,
            "progress": 0.0, "exited_reason": None}


def put_task(world: "World", task_id: str, job_id: str | None) -> None:
    """The task of this id: a new one, or the one that is there, started once more."""
    known = world.db.tasks.one(task_id=task_id)
    if known is not None:
        world.db.tasks.change(known["id"], start_time=world.now())
        return
    world.db.tasks.insert({
        "task_id": task_id, "type": "TRIAL", "job_id": job_id, "state": None, "start_time": world.now(), "end_time": None,
        "config": None, "parent_id": None, "no_pause": False, "forked_from": None, "log_retention_days": None})


def _unmanaged_experiment(call: Call, wanted: Any) -> Row:
    _check_unmanaged(wanted)
    experiment = finding.experiment(call.db, wanted.experiment_id)
    if not experiment["unmanaged"]:
        raise Internal("trials can only be created on unmanaged experiments")
    return experiment


def _check_unmanaged(wanted: Any) -> None:
    if not wanted.unmanaged:
        raise Internal("only unmanaged trials are supported")


def _upserted(call: Call, wanted: Any, external_trial_id: str) -> Row:
    experiment = _unmanaged_experiment(call, wanted)
    known = call.db.trials.one(external_trial_id=external_trial_id, experiment_id=experiment["id"])
    if known is None:
        return create_trial(call.world, experiment=experiment, hparams=wanted.hparams or {}, unmanaged=True,
                            external_trial_id=external_trial_id)
    call.db.draw("trials")  # the master's insert draws an id before it finds that the trial is there
    put_task(call.world, f"{experiment['id']}.{external_trial_id}", None)
    trial: Row = call.db.trials.change(known["id"], hparams=wanted.hparams or {})
    if trial["metadata"] is not None:
        raise Internal(f"failed to get trial {trial['id']}: {unreadable_metadata(trial)}")
    return trial
