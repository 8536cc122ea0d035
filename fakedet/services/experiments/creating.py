"""Creating experiments: a row, its job, the model definition, the trials that its searcher begins with (master: api_experiment.go)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.errors import Internal, MasterError, Panic
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.experiments import model_definition, policies, searching
from fakedet.services.experiments.configuring import Configured, check_scenario, configured, has_workspace, in_pool, warm_start
from fakedet.services.experiments.messages import experiment_message
from fakedet.services.experiments.states import set_state
from fakedet.services.projects.rules import is_archived
from fakedet.services.registry import rpc

Row = Mapping[str, Any]


@rpc("CreateExperiment")
def create_experiment(call: Call, request: Any) -> dict[str, Any]:
    """Check the config, insert the experiment and its first trials, activate it if asked."""
    unmanaged = bool(request.unmanaged)
    parent = _parent(call, request.parent_id)
    found = configured(call, request.config, project_id=request.project_id, template=request.template, unmanaged=unmanaged)
    definition = _definition(request, parent)
    policies.check_new(call.db, found.active, found.project["workspace_id"])
    if not unmanaged:
        check_scenario(call, found.active, definition)
    if request.validate_only:
        return {"experiment": {}, "warnings": list(found.warnings)}
    experiment = insert(call, found, original=request.config, unmanaged=unmanaged, parent=parent, definition=definition,
                        source=None if unmanaged else warm_start(call, found))
    if not unmanaged:
        _begin(call, experiment, activate=request.activate)
    experiment = call.db.experiments.row(experiment["id"])
    return {"experiment": experiment_message(call.db, experiment), "config": found.active, "warnings": list(found.warnings)}


@rpc("PutExperiment")
def put_experiment(call: Call, request: Any) -> dict[str, Any]:
    """Create an unmanaged experiment under an id of the client's own, or renew the config of the one that has it."""
    wanted = request.create_experiment_request
    if wanted is None or not wanted.unmanaged:
        raise Internal("only unmanaged experiments are supported")
    if wanted.parent_id:
        raise Internal("can't fork into an unmanaged experiment")
    try:
        found = configured(call, wanted.config, project_id=wanted.project_id, template=wanted.template, unmanaged=True)
    except MasterError as error:
        raise error.wrapped("failed to parse exp config") from None
    experiment = _upserted(call, found, wanted, request.external_experiment_id)
    return {"experiment": experiment_message(call.db, experiment), "config": found.active}


def insert(call: Call, found: Configured, *, original: str, unmanaged: bool, parent: Row | None = None, definition: str = "",
           external_id: str | None = None, source: str | None = None) -> Row:
    """A new paused experiment with its job."""
    config, job_id = found.active if unmanaged else in_pool(found.active), call.world.ids.uuid()
    call.db.jobs.insert({"job_id": job_id, "job_type": "EXPERIMENT", "owner_id": call.user["id"], "q_position": call.now,
                         "priority": config["resources"]["priority"], "weight": config["resources"]["weight"]})
    number = call.db.experiments.insert({
        "state": "PAUSED", "config": config, "original_config": original, "owner_id": call.user["id"],
        "project_id": found.project["id"], "start_time": call.now, "end_time": None, "archived": False, "notes": "",
        "job_id": job_id, "progress": 0.0, "parent_id": parent["id"] if parent else None, "unmanaged": unmanaged,
        "external_experiment_id": external_id, "model_definition": definition,
        "model_definition_size": model_definition.size(definition), "checkpoint_size": 0, "checkpoint_count": 0,
        "best_trial_id": None, "searcher": None, "warm_start_checkpoint_uuid": source})
    return finding.experiment(call.db, number)


def _upserted(call: Call, found: Configured, wanted: Any, external_id: str) -> Row:
    known = call.db.experiments.one(external_experiment_id=external_id)
    if known is None:
        return insert(call, found, original=wanted.config, unmanaged=True, external_id=external_id,
                      definition=model_definition.packed(wanted.model_definition))
    call.db.sequence("experiments")  # the master's upsert draws an id all the same
    return call.db.experiments.change(known["id"], config=found.active)


def _parent(call: Call, parent_id: int) -> Row | None:
    if not parent_id:
        return None
    parent = finding.experiment(call.db, parent_id)
    if is_archived(call.db, call.db.projects.row(parent["project_id"])):
        raise Internal("forking an experiment in an archived workspace/project")
    return parent


def _definition(request: Any, parent: Row | None) -> str:
    return parent["model_definition"] if parent else model_definition.packed(request.model_definition)


def _begin(call: Call, experiment: Row, *, activate: bool) -> None:
    if not has_workspace(call.db, experiment["config"]):
        set_state(call.world, experiment, "ERROR")
        raise Internal(f"failed to start experiment {experiment['id']}: error getting workspace: not found").after_saving()
    try:
        searching.begin(call.world, experiment)
    except Panic as panic:
        raise panic.after_saving() from None
    if activate:
        set_state(call.world, finding.experiment(call.db, experiment["id"]), "ACTIVE")
