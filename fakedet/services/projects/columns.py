"""Which columns the tables of a project can show, and which values its metadata have (master: api_project.go)."""
from __future__ import annotations

from typing import Any, Callable, Iterator, Mapping

from fakedet.domain import project_columns, run_metadata
from fakedet.domain.collation import sort_key
from fakedet.domain.project_columns import ProjectColumn
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.registry import rpc
from fakedet.services.searches.catalogue import Catalogue, Experiments, Runs
from fakedet.services.searches.facts import Fact, hyperparameter_index
from fakedet.services.searches.subjects import Subject

Row = Mapping[str, Any]


@rpc("GetProjectColumns")
def get_project_columns(call: Call, request: Any) -> dict[str, Any]:
    """Of the table of experiments, unless that of runs is asked for."""
    project = finding.project(call.db, request.id)
    columns, catalogue = (_run_columns, Runs) if request.table_type == "TABLE_TYPE_RUN" else (_experiment_columns, Experiments)
    return {"columns": call.world.the(catalogue).unchanged(
        ("columns", project["id"]), lambda: [_message(column) for column in columns(call, project)])}


@rpc("GetMetadataValues")
def get_metadata_values(call: Call, request: Any) -> dict[str, Any]:
    """The texts under a key, each once."""
    project = finding.project(call.db, request.project_id)
    runs = call.db.trials.rows(metadata_project_id=project["id"])
    entries = (entry for run in runs for entry in run_metadata.flattened(run["metadata"]))
    texts = {entry.leaf.value for entry in entries if entry.key == request.key and entry.leaf.kind == "text"}
    return {"values": sorted(texts, key=sort_key)}


def _message(column: ProjectColumn) -> dict[str, Any]:
    return {"column": column.name, "location": f"LOCATION_TYPE_{column.location}", "type": f"COLUMN_TYPE_{column.type}",
            "display_name": column.display_name}


def _experiment_columns(call: Call, project: Row) -> list[ProjectColumn]:
    """Of metrics those of the best trials."""
    ids = [row["id"] for row in call.db.experiments.rows(project_id=project["id"])]
    values = _each(call.world.the(Experiments), ids)
    return [*project_columns.experiment_columns(), *project_columns.metric_columns(values(_metric_types)),
            *project_columns.definition_columns(values(_definition_types))]


def _run_columns(call: Call, project: Row) -> list[ProjectColumn]:
    """Metadata are those that were noted in the project: the master forgets to take them along when a run moves."""
    runs = call.world.the(Runs)
    values = _each(runs, [row["id"] for row in call.db.trials.rows(project_id=project["id"])])
    noted = _each(runs, [row["id"] for row in call.db.trials.rows(metadata_project_id=project["id"])])
    return [*project_columns.run_columns(), *project_columns.metric_columns(values(_metric_types)),
            *project_columns.hyperparameter_columns(values(_hyperparameter_kinds)), *project_columns.metadata_columns(noted(_metadata_kinds))]


def _each(catalogue: Catalogue, ids: list[int]) -> Callable[[Fact], Iterator[Any]]:
    """What a fact is for each of the subjects."""
    def values(fact: Fact) -> Iterator[Any]:
        known = catalogue.known(ids, fact, fact)
        return (known[number] for number in ids)
    return values


def _metric_types(subject: Subject) -> project_columns.MetricTypes:
    return project_columns.metric_types({} if subject.run is None else subject.run["summary_metrics"])


def _definition_types(subject: Subject) -> project_columns.DefinitionTypes:
    return project_columns.definition_types(subject.experiment["config"].get("hyperparameters") or {})


def _hyperparameter_kinds(subject: Subject) -> project_columns.Kinds:
    return project_columns.hyperparameter_kinds(hyperparameter_index(subject) or {})


def _metadata_kinds(subject: Subject) -> project_columns.Kinds:
    return project_columns.metadata_kinds(run_metadata.flattened(subject.the_run["metadata"]))
