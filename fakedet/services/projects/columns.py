"""Which columns the tables of a project can show, and which values its metadata have (master: api_project.go)."""
from __future__ import annotations

from typing import Any, Iterator, Mapping

from fakedet.domain import project_columns, run_metadata
from fakedet.domain.collation import sort_key
from fakedet.domain.project_columns import ProjectColumn
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.registry import rpc
from fakedet.services.searches import subjects
from fakedet.services.searches.facts import hyperparameter_index

Row = Mapping[str, Any]


@rpc("GetProjectColumns")
def get_project_columns(call: Call, request: Any) -> dict[str, Any]:
    """Of the table of experiments, unless that of runs is asked for."""
    project = finding.project(call.db, request.id)
    columns = _run_columns if request.table_type == "TABLE_TYPE_RUN" else _experiment_columns
    return {"columns": [_message(column) for column in columns(call, project)]}


@rpc("GetMetadataValues")
def get_metadata_values(call: Call, request: Any) -> dict[str, Any]:
    """The texts under a key, each once."""
    project = finding.project(call.db, request.project_id)
    texts = {entry.leaf.value for entry in _metadata(call, project) if entry.key == request.key and entry.leaf.kind == "text"}
    return {"values": sorted(texts, key=sort_key)}


def _message(column: ProjectColumn) -> dict[str, Any]:
    return {"column": column.name, "location": f"LOCATION_TYPE_{column.location}", "type": f"COLUMN_TYPE_{column.type}",
            "display_name": column.display_name}


def _experiment_columns(call: Call, project: Row) -> list[ProjectColumn]:
    """Of metrics those of the best trials."""
    experiments = call.db.experiments.rows(project_id=project["id"])
    best = [call.db.trials.row(experiment["best_trial_id"]) for experiment in experiments]
    return [*project_columns.experiment_columns(),
            *project_columns.metric_columns(trial["summary_metrics"] for trial in best if trial is not None),
            *project_columns.definition_columns(experiment["config"].get("hyperparameters") or {} for experiment in experiments)]


def _run_columns(call: Call, project: Row) -> list[ProjectColumn]:
    runs = subjects.runs(call.db, project["id"])
    indexes = [hyperparameter_index(subject) or {} for subject in runs]
    return [*project_columns.run_columns(),
            *project_columns.metric_columns(subject.the_run["summary_metrics"] for subject in runs),
            *project_columns.hyperparameter_columns(indexes),
            *project_columns.metadata_columns(_metadata(call, project))]


def _metadata(call: Call, project: Row) -> Iterator[run_metadata.Entry]:
    """What was noted in the project. The master forgets to take it along when a run moves."""
    return (entry for run in call.db.trials.rows(metadata_project_id=project["id"]) for entry in run_metadata.flattened(run["metadata"]))
