"""An experiment's row as the Experiment message (master: get_experiment.sql, api_experiment.go)."""
from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Mapping

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
HIDDEN = "********"
#: From the most to the least advanced: what an allocation makes of the ACTIVE state of its trial or experiment.
_ALLOCATION_STATES = ("RUNNING", "STARTING", "PULLING")


def experiment_message(db: "Database", experiment: Row) -> dict[str, Any]:
    """The message as GetExperiment, Create, Patch and Continue show it."""
    project = db.projects.row(experiment["project_id"])
    workspace = db.workspaces.row(project["workspace_id"])
    owner = db.users.row(experiment["owner_id"])
    config = experiment["config"]
    trial_ids = [trial["id"] for trial in db.trials.rows(experiment_id=experiment["id"])]
    return {
        "id": experiment["id"],
        "description": config.get("description") or "",
        "labels": config.get("labels") or [],
        "start_time": experiment["start_time"],
        "end_time": experiment["end_time"],
        "state": state_name(db, experiment),
        "archived": experiment["archived"],
        "num_trials": len(trial_ids),
        "trial_ids": trial_ids,
        "user_id": owner["id"],
        "username": owner["username"],
        "resource_pool": resource_pool(config),
        "searcher_type": json.dumps(config["searcher"]["name"]),
        "name": config["name"],
        "notes": experiment["notes"],
        "job_id": experiment["job_id"],
        "forked_from": experiment["parent_id"],
        "progress": experiment["progress"],
        "project_id": project["id"],
        "project_name": project["name"],
        "workspace_id": workspace["id"],
        "workspace_name": workspace["name"],
        "parent_archived": project["archived"] or workspace["archived"],
        "config": shown_config(config),
        "original_config": experiment["original_config"],
        "project_owner_id": project["user_id"],
        "checkpoint_size": experiment["checkpoint_size"],
        "checkpoint_count": experiment["checkpoint_count"],
        "unmanaged": experiment["unmanaged"],
        "model_definition_size": experiment["model_definition_size"],
        "pachyderm_integration": (config.get("integrations") or {}).get("pachyderm"),
    }


def resource_pool(config: Mapping[str, Any]) -> str:
    """The pool that a config names."""
    return (config.get("resources") or {}).get("resource_pool") or ""


def shown_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """The config as single experiments show it: the values under data.secrets are hidden."""
    secrets = (config.get("data") or {}).get("secrets")
    if not isinstance(secrets, Mapping):
        return dict(config)
    return {**config, "data": {**config["data"], "secrets": dict.fromkeys(secrets, HIDDEN)}}


def state_name(db: "Database", experiment: Row) -> str:
    """The state with its prefix; an active experiment shows the most advanced state of its job's allocations."""
    state = experiment["state"]
    if state != "ACTIVE":
        return "STATE_" + state
    live = {allocation["state"] for task in db.tasks.rows(job_id=experiment["job_id"], end_time=None)
            for allocation in db.allocations.rows(task_id=task["task_id"])}
    return "STATE_" + next((state for state in _ALLOCATION_STATES if state in live), "QUEUED")
