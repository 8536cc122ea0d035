"""Creating experiments: from the text of a config to a row with its first trials (master: core_experiment.go, api_experiment.go)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain import config as configs
from fakedet.domain.errors import InvalidArgument
from fakedet.services.call import Call
from fakedet.services.config_scalars import ConfigTextError
from fakedet.services.config_text import read_config_text
from fakedet.services.experiments import searching
from fakedet.services.experiments.messages import experiment_message
from fakedet.services.experiments.states import set_state
from fakedet.services.registry import rpc

Row = Mapping[str, Any]


@rpc("CreateExperiment")
def create_experiment(call: Call, request: Any) -> dict[str, Any]:
    """Check the config, insert the experiment and the trials that its searcher begins with, activate it if asked."""
    config = active_config(call, request)
    experiment = insert(call, request, config)
    if not experiment["unmanaged"]:
        searching.begin(call.world, experiment)
        if request.activate:
            set_state(call.world, call.db.experiments.row(experiment["id"]), "ACTIVE")
    experiment = call.db.experiments.row(experiment["id"])
    return {"experiment": experiment_message(call.db, experiment), "config": experiment["config"]}


def active_config(call: Call, request: Any) -> dict[str, Any]:
    """The config of the request over the master's defaults."""
    try:
        value = read_config_text(request.config)
        return configs.parse(value, name=f"Experiment ({call.world.ids.uuid()[:8]})", seed=call.now // 1_000_000,
                             defaults=[master_defaults(call)])
    except (configs.ConfigError, ConfigTextError) as error:
        raise InvalidArgument(str(error)) from None


def master_defaults(call: Call) -> dict[str, Any]:
    """What the master adds to every config: where checkpoints go."""
    return {"checkpoint_storage": call.world.storages.default_config()}


def insert(call: Call, request: Any, config: Mapping[str, Any]) -> Row:
    """A new paused experiment with its job."""
    job_id = call.world.ids.uuid()
    call.db.jobs.insert({"job_id": job_id, "job_type": "EXPERIMENT", "owner_id": call.user["id"], "q_position": call.now,
                         "priority": config["resources"]["priority"], "weight": config["resources"]["weight"]})
    number = call.db.experiments.insert({
        "state": "PAUSED", "config": config, "original_config": request.config, "owner_id": call.user["id"],
        "project_id": max(request.project_id, 1), "start_time": call.now, "end_time": None, "archived": False, "notes": "",
        "job_id": job_id, "progress": 0.0, "parent_id": request.parent_id or None, "unmanaged": bool(request.unmanaged),
        "external_experiment_id": None, "model_definition": "", "model_definition_size": 0, "checkpoint_size": 0,
        "checkpoint_count": 0, "best_trial_id": None, "searcher": None})
    return call.db.experiments.row(number)
