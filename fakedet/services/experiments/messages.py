"""An experiment's row as the Experiment message (master: get_experiment.sql, api_experiment.go)."""
from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.go_json_text import marshal
from fakedet.services.config_text import read_config_text

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
        "config": with_secrets_hidden(config),
        "original_config": _shown_original(experiment),
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


def with_secrets_hidden(config: Mapping[str, Any]) -> dict[str, Any]:
    """The config as single experiments show it: the values under data.secrets are hidden."""
    secrets = _secrets(config)
    return dict(config) if secrets is None else {**config, "data": {**config["data"], "secrets": dict.fromkeys(secrets, HIDDEN)}}


def _shown_original(experiment: Row) -> str:
    """The text that was sent, written anew if there are secrets to hide in it."""
    text: str = experiment["original_config"]
    if _secrets(experiment["config"]) is None:
        return text
    original = read_config_text(text)
    return text if _secrets(original) is None else marshal(with_secrets_hidden(original))


def _secrets(config: Mapping[str, Any]) -> Mapping[str, Any] | None:
    data = config.get("data")
    secrets = data.get("secrets") if isinstance(data, Mapping) else None
    return secrets if isinstance(secrets, Mapping) else None


def state_name(db: "Database", experiment: Row) -> str:
    """The state with its prefix; an active experiment shows the most advanced state of its job's allocations."""
    state = experiment["state"]
    if state != "ACTIVE":
        return "STATE_" + state
    live = {allocation["state"] for task in db.tasks.rows(job_id=experiment["job_id"], end_time=None)
            for allocation in db.allocations.rows(task_id=task["task_id"])}
    return "STATE_" + next((state for state in _ALLOCATION_STATES if state in live), "QUEUED")
