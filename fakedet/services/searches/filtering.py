"""Which subjects a filter lets pass: the values of the columns that it can name (master: experiment_filter.go)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Mapping

from fakedet.domain.filters import DEFINITIONS, HYPERPARAMETERS, METADATA, NAMES, SUMMARY_METRICS, Column, Filter
from fakedet.services.searches import facts
from fakedet.services.searches.facts import Fact, of_config, of_experiment, of_run
from fakedet.services.searches.subjects import Subject

if TYPE_CHECKING:
    from fakedet.store import Database

#: Columns that experiments and runs have alike: they are the experiment's.
_SHARED: Mapping[str, Fact] = {
    "tags": of_config("labels"),
    "searcherType": of_config("searcher", "name"),
    "searcherMetric": of_config("searcher", "metric"),
    "user": of_experiment("owner_id"),
    "forkedFrom": of_experiment("parent_id"),
    "resourcePool": of_config("resources", "resource_pool"),
    "externalExperimentId": of_experiment("external_experiment_id"),
}


def verdict_on(db: "Database", now: int, wanted: Filter) -> Callable[[Subject], bool]:
    """Whether a subject passes the filter; archived ones are the caller's business."""
    columns = _columns(db, now)
    return lambda subject: wanted.matches(lambda column: columns[column](subject))


def _columns(db: "Database", now: int) -> Mapping[Column, Fact]:
    tables = {"experiment": {**_SHARED, **_experiment_columns(db, now)}, "run": {**_SHARED, **_run_columns(db, now)}}
    named = {Column(table, name): fact for table, columns in tables.items() for name, fact in columns.items()}
    return {**named, DEFINITIONS: of_config("hyperparameters"), SUMMARY_METRICS: of_run("summary_metrics"),
            HYPERPARAMETERS: facts.hyperparameter_index, METADATA: facts.metadata_index,
            NAMES[HYPERPARAMETERS]: facts.names_of_all(db, facts.hyperparameter_index), NAMES[METADATA]: facts.names_of_all(db, facts.metadata_index)}


def _experiment_columns(db: "Database", now: int) -> Mapping[str, Fact]:
    return {
        "id": of_experiment("id"),
        "description": of_config("description"),
        "name": of_config("name"),
        "startTime": of_experiment("start_time"),
        "endTime": of_experiment("end_time"),
        "duration": facts.seconds_of_experiment(now),
        "state": of_experiment("state"),
        "numTrials": facts.trial_count(db),
        "progress": facts.percent,
        "checkpointSize": of_experiment("checkpoint_size"),
        "checkpointCount": of_experiment("checkpoint_count"),
        "searcherMetricsVal": facts.best_searcher_metric(db, facts.sign_of_config),
        "externalTrialId": of_run("external_trial_id"),
    }


def _run_columns(db: "Database", now: int) -> Mapping[str, Fact]:
    return {
        "id": of_run("id"),
        "experimentDescription": of_config("description"),
        "experimentName": of_config("name"),
        "startTime": of_run("start_time"),
        "endTime": of_run("end_time"),
        "duration": facts.seconds_of_run(now),
        "state": of_run("state"),
        "experimentProgress": facts.percent,
        "projectId": of_run("project_id"),
        "checkpointSize": of_run("checkpoint_size"),
        "checkpointCount": of_run("checkpoint_count"),
        "searcherMetricsVal": facts.searcher_metric,
        "externalRunId": of_run("external_trial_id"),
        "experimentId": of_experiment("id"),
        "localId": facts.local_id,
        "parentArchived": lambda subject: subject.parent_archived(db),
    }
