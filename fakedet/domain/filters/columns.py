"""The columns that filters know by name (master: experiment_filter.go), and where a filter finds everything else."""
from __future__ import annotations

from typing import Any, Callable, Mapping, NamedTuple

from fakedet.domain.filters.sql_types import (
    BIGINT,
    BOOLEAN,
    DOUBLE,
    EXPERIMENT_STATE,
    INTEGER,
    NUMERIC,
    TEXT,
    TIMESTAMP,
    TRIAL_STATE,
    SqlType,
)


class Column(NamedTuple):
    """What is asked of a row: a column of its experiment or of its run (the best trial, where experiments are filtered).

    Values are plain: None for null, microseconds for times, seconds for durations, labels a list, states as stored.
    """

    table: str
    name: str


class Leaf(NamedTuple):
    """A value in the search index of hyperparameters or metadata, `kind` one of number, integer, float, text, boolean, timestamp."""

    kind: str
    value: Any


ValueOf = Callable[[Column], Any]

#: Summary metrics as stored: {"validation_metrics": {"loss": {"last": ...}}}.
SUMMARY_METRICS = Column("run", "summaryMetrics")
#: The hyperparameters of the experiment's config.
DEFINITIONS = Column("experiment", "hyperparameters")
#: The indexes: dotted name -> leaves. They may be partial, as the master's are.
HYPERPARAMETERS = Column("run", "hyperparameters")
METADATA = Column("run", "metadata")
#: The names that an index holds for any run at all, as a container.
NAMES: Mapping[Column, Column] = {HYPERPARAMETERS: Column("index", "hyperparameters"), METADATA: Column("index", "metadata")}

_COMMON: Mapping[str, SqlType] = {
    "id": INTEGER,
    "tags": TEXT,
    "searcherType": TEXT,
    "searcherMetric": TEXT,
    "startTime": TIMESTAMP,
    "endTime": TIMESTAMP,
    "duration": NUMERIC,
    "user": INTEGER,
    "forkedFrom": INTEGER,
    "resourcePool": TEXT,
    "projectId": INTEGER,
    "checkpointSize": BIGINT,
    "checkpointCount": INTEGER,
    "searcherMetricsVal": DOUBLE,
    "externalExperimentId": TEXT,
}
EXPERIMENT_COLUMNS: Mapping[str, SqlType] = {
    **_COMMON,
    "description": TEXT,
    "name": TEXT,
    "state": EXPERIMENT_STATE,
    "numTrials": BIGINT,
    "progress": INTEGER,
    "externalTrialId": TEXT,
}
RUN_COLUMNS: Mapping[str, SqlType] = {
    **_COMMON,
    "experimentDescription": TEXT,
    "experimentName": TEXT,
    "state": TRIAL_STATE,
    "experimentProgress": INTEGER,
    "externalRunId": TEXT,
    "experimentId": INTEGER,
    "localId": TEXT,
    "isExpMultitrial": BOOLEAN,
    "parentArchived": BOOLEAN,
}
