"""A run as the FlatRun message (master: getRunsColumns)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.services.searches import facts
from fakedet.services.searches.facts import within
from fakedet.services.searches.subjects import Subject

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]


def run_message(db: "Database", now: int, subject: Subject) -> dict[str, Any]:
    """The message with the stored state."""
    run, experiment, project = subject.run, subject.experiment, subject.project
    assert run is not None
    workspace = db.workspaces.row(project["workspace_id"])
    return {
        "id": run["id"],
        "start_time": run["start_time"],
        "end_time": run["end_time"],
        "state": "STATE_" + run["state"],
        "labels": experiment["config"].get("labels") or [],
        "checkpoint_size": run["checkpoint_size"],
        "checkpoint_count": run["checkpoint_count"],
        "searcher_metric_value": facts.searcher_metric(subject),
        "external_run_id": run["external_trial_id"],
        "hyperparameters": run["hparams"],
        "summary_metrics": run["summary_metrics"],
        "user_id": experiment["owner_id"],
        "duration": round(facts.seconds_of_run(now)(subject)),
        "project_id": project["id"],
        "project_name": project["name"],
        "workspace_id": workspace["id"],
        "workspace_name": workspace["name"],
        "parent_archived": bool(workspace["archived"] or project["archived"]),
        "experiment": _experiment_message(subject),
        "metadata": run["metadata"],
        "archived": subject.is_archived_run,
        "local_id": facts.local_id(subject),
        "log_policy_matched": run.get("log_policy_matched"),
    }


def _experiment_message(subject: Subject) -> dict[str, Any]:
    experiment = subject.experiment
    config = experiment["config"]
    return {
        "id": experiment["id"],
        "searcher_type": config["searcher"]["name"],
        "searcher_metric": config["searcher"]["metric"],
        "forked_from": experiment["parent_id"],
        "external_experiment_id": experiment["external_experiment_id"],
        "resource_pool": within(config, ("resources", "resource_pool")) or "",
        "progress": experiment["progress"] or 0.0,
        "description": config.get("description") or "",
        "name": config["name"],
        "unmanaged": experiment["unmanaged"],
        "is_multitrial": facts.is_multitrial(subject),
        "pachyderm_integration": within(config, ("integrations", "pachyderm")),
    }
