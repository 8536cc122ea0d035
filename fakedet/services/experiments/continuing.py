"""Continuing an experiment that has ended: with a changed config if it is a single trial, else what is left of its search.

The search begins again from its seed and so asks for the same trials; `searching` lets those that are there go on or skips them
(master: api_experiment.go, ContinueExperiment).
"""
from __future__ import annotations

import json
from typing import Any, Mapping

from fakedet.domain import config as configs
from fakedet.domain.errors import FailedPrecondition, Internal, InvalidArgument, MasterError
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.config_scalars import ConfigTextError
from fakedet.services.config_text import read_config_text
from fakedet.services.experiments import searching
from fakedet.services.experiments.configuring import NOT_YAML, check_scenario, configured, has_workspace, in_pool, warm_start
from fakedet.services.experiments.messages import experiment_message
from fakedet.services.experiments.states import TERMINAL, set_state
from fakedet.services.registry import rpc

Row = Mapping[str, Any]
CONTINUABLE = ("single", "grid", "random")
NO_OVERRIDE = "{}"


@rpc("ContinueExperiment")
def continue_experiment(call: Call, request: Any) -> dict[str, Any]:
    """Back from its end to active."""
    experiment = finding.experiment(call.db, request.id)
    merged = _merged(experiment["config"], request.override_config or NO_OVERRIDE)
    if not has_workspace(call.db, experiment["config"]):
        raise Internal(f"failed to get workspace {experiment['config']['workspace']}")
    try:
        found = configured(call, json.dumps(merged), project_id=0, template=None, unmanaged=False)
    except MasterError as error:
        raise error.wrapped("parsing continue experiment request") from None
    check_scenario(call, found.active, experiment["model_definition"])
    source = warm_start(call, found)
    _check_continuable(call, experiment)
    _reopen(call, experiment, in_pool(found.active), project_id=found.project["id"], source=source)
    searching.begin(call.world, finding.experiment(call.db, experiment["id"]))
    experiment = set_state(call.world, finding.experiment(call.db, experiment["id"]), "ACTIVE")
    return {"experiment": experiment_message(call.db, experiment), "warnings": list(found.warnings)}


def _merged(config: dict[str, Any], override: str) -> dict[str, Any]:
    """The override over the config; only a single trial takes one that says anything."""
    searcher = config["searcher"]["name"]
    if searcher not in CONTINUABLE:
        raise InvalidArgument(f"Unsupported searcher type provided: '{searcher}'")
    if searcher != "single" and override.strip() != NO_OVERRIDE:
        raise InvalidArgument(f"override config is provided and experiment is not single searcher, got '{searcher}' instead")
    read = _read(override)
    for name in ("project", "workspace"):
        if read.get(name) is not None:
            raise InvalidArgument(f"'{name}' in override config cannot be specified, use `det experiment move` first "
                                  f"if you want to change the {name}")
    merged = configs.merge(read, configs.read(config))
    wanted = merged["searcher"]["name"]
    if searcher == "single" and wanted != "single":
        raise InvalidArgument(f"override config must have single searcher type got '{wanted}' instead")
    return merged


def _read(override: str) -> dict[str, Any]:
    try:
        return configs.read(read_config_text(override))
    except ConfigTextError as error:
        raise InvalidArgument(f"parsing override config: {NOT_YAML}{error}") from None
    except configs.ConfigError as error:
        raise InvalidArgument(f"parsing override config: {error}") from None


def _check_continuable(call: Call, experiment: Row) -> None:
    """Only what has ended, and of a search only what has trials left to do."""
    refusal = ""
    if experiment["state"] not in TERMINAL:
        refusal = f"experiment in non terminal state '{experiment['state']}', try again later"
    elif experiment["state"] == "COMPLETED" and not _is_single(experiment):
        trials = call.db.trials.rows(experiment_id=experiment["id"])
        if all(trial["state"] == "COMPLETED" for trial in trials):
            refusal = "experiment has been completed, cannot continue this experiment"
    if refusal:
        raise FailedPrecondition(refusal).wrapped("experiment continue database updates")


def _is_single(experiment: Row) -> bool:
    return bool(experiment["config"]["searcher"]["name"] == "single")


def _reopen(call: Call, experiment: Row, config: dict[str, Any], *, project_id: int, source: str | None) -> None:
    """Paused and without an end, as are its trials; a single trial is paused even if it was completed.

    What runs believes to be where a new experiment with this config would be.
    """
    trials = call.db.trials.rows(experiment_id=experiment["id"])
    for trial in trials:
        call.db.trials.change(trial["id"], restarts=0, end_time=None)
    if _is_single(experiment) and trials:
        call.db.trials.change(trials[0]["id"], state="PAUSED")
    for job in call.db.jobs.rows(job_id=experiment["job_id"]):
        call.db.jobs.change(job["id"], q_position=call.now, owner_id=call.user["id"])
    call.db.experiments.change(experiment["id"], state="PAUSED", progress=0.0, end_time=None, config=config, held_config=None,
                               held_project_id=project_id, searcher=None, warm_start_checkpoint_uuid=source)
