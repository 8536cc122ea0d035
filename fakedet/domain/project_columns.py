"""The columns that the tables of a project can show: fixed ones, then what its runs have reported and been given (master: api_project.go)."""
from __future__ import annotations

from typing import Any, Iterable, Iterator, Mapping, NamedTuple

from fakedet.domain.collation import sort_key
from fakedet.domain.filters import Leaf
from fakedet.domain.metric_groups import group_of_summary
from fakedet.domain.run_metadata import Entry

#: What one run or one config has to show: (key of the group, metric, type), (hyperparameter, type), (name, kind of value).
MetricTypes = frozenset[tuple[str, str, str]]
DefinitionTypes = tuple[tuple[str, str], ...]
Kinds = frozenset[tuple[str, str]]
AGGREGATES = ("last", "max", "mean", "min")
_METRIC_LOCATIONS = {"training": "TRAINING", "validation": "VALIDATIONS"}
_METRIC_TYPES = {"number": "NUMBER", "string": "TEXT", "boolean": "TEXT", "date": "DATE", "array": "ARRAY"}
#: Truth values count as a type of their own, though they are shown as texts.
_METADATA_KINDS = {"text": "string", "null": "string", "integer": "number", "float": "number", "timestamp": "date", "boolean": "boolean"}


class ProjectColumn(NamedTuple):
    """A column, where filters find it (`location`) and what it holds (`type`), both without their prefixes."""

    name: str
    location: str
    type: str
    display_name: str = ""


def experiment_columns() -> list[ProjectColumn]:
    """What every table of experiments can show."""
    return [ProjectColumn(name, "EXPERIMENT", kind, shown) for name, shown, kind in _EXPERIMENTS]


def run_columns() -> list[ProjectColumn]:
    """What every table of runs can show."""
    return [ProjectColumn(name, "RUN", kind, shown) for name, shown, kind in _RUNS]


def metric_types(summary: Mapping[str, Any]) -> MetricTypes:
    """What a run has reported, as its summary metrics tell."""
    return frozenset((key, name, metric["type"]) for key, metrics in summary.items() for name, metric in metrics.items())


def metric_columns(reported: Iterable[MetricTypes]) -> Iterator[ProjectColumn]:
    """The values of summary metrics; a metric that is of two types in two runs is of none."""
    types: dict[tuple[str, str], set[str]] = {}
    for key, name, kind in frozenset().union(*set(reported)):
        types.setdefault((key, name), set()).add(kind)
    for key, name in sorted(types, key=lambda found: (sort_key(found[0]), sort_key(found[1]))):
        yield from _of_metric(group_of_summary(key), name, types[key, name])


def definition_types(definition: Mapping[str, Any]) -> DefinitionTypes:
    """The hyperparameters that a config defines, by name."""
    flat = sorted(_flat(definition), key=lambda pair: pair[0].encode("utf-8", "surrogateescape"))
    return tuple((name, _type_of(hyperparameter)) for name, hyperparameter in flat)


def definition_columns(defined: Iterable[DefinitionTypes]) -> Iterator[ProjectColumn]:
    """The hyperparameters that configs define; the first config that has one tells its type."""
    types: dict[str, str] = {}
    for definition in dict.fromkeys(defined):
        for name, kind in definition:
            types.setdefault(name, kind)
    return (ProjectColumn(f"hp.{name}", "HYPERPARAMETERS", kind) for name, kind in types.items())


def hyperparameter_kinds(index: Mapping[str, Iterable[Leaf]]) -> Kinds:
    """The hyperparameters of a run."""
    return frozenset((name, leaf.kind) for name, leaves in index.items() for leaf in leaves)


def hyperparameter_columns(given: Iterable[Kinds]) -> Iterator[ProjectColumn]:
    """The hyperparameters of runs, once for each type of value."""
    return (ProjectColumn(f"hp.{name}", "RUN_HYPERPARAMETERS", "NUMBER" if kind == "number" else "TEXT") for name, kind in _all(given))


def metadata_kinds(entries: Iterable[Entry]) -> Kinds:
    """The metadata of a run."""
    return frozenset((entry.key, _kind_of(entry)) for entry in entries)


def metadata_columns(noted: Iterable[Kinds]) -> Iterator[ProjectColumn]:
    """The metadata of runs, once for each type of value."""
    return (ProjectColumn(f"metadata.{key}", "RUN_METADATA", _METRIC_TYPES[kind]) for key, kind in _all(noted))


def _all(kinds: Iterable[Kinds]) -> list[tuple[str, str]]:
    return sorted(frozenset().union(*set(kinds)))


def _of_metric(group: str, name: str, types: set[str]) -> Iterator[ProjectColumn]:
    kind = _METRIC_TYPES.get(min(types), "UNSPECIFIED") if len(types) == 1 else "UNSPECIFIED"
    location = _METRIC_LOCATIONS.get(group, "CUSTOM_METRIC")
    for aggregate in AGGREGATES if kind == "NUMBER" else AGGREGATES[:1]:
        yield ProjectColumn(f"{group}.{name}.{aggregate}", location, kind)


def _flat(definitions: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, value in definitions.items():
        if "type" in value:
            yield prefix + name, value
        else:
            yield from _flat(value, f"{prefix}{name}.")


def _type_of(hyperparameter: Mapping[str, Any]) -> str:
    if hyperparameter["type"] in ("int", "double", "log"):
        return "NUMBER"
    value = hyperparameter.get("val")
    if hyperparameter["type"] != "const" or isinstance(value, bool):
        return "UNSPECIFIED"
    return "NUMBER" if isinstance(value, (int, float)) else "TEXT" if isinstance(value, str) else "UNSPECIFIED"


def _kind_of(entry: Entry) -> str:
    return "array" if entry.in_array else _METADATA_KINDS[entry.leaf.kind]


_EXPERIMENTS = (
    ("id", "ID", "NUMBER"),
    ("name", "Name", "TEXT"),
    ("description", "Description", "TEXT"),
    ("tags", "Tags", "TEXT"),
    ("forkedFrom", "Forked", "NUMBER"),
    ("startTime", "Start time", "DATE"),
    ("duration", "Duration", "NUMBER"),
    ("numTrials", "Trial count", "NUMBER"),
    ("state", "State", "TEXT"),
    ("searcherType", "Searcher", "TEXT"),
    ("resourcePool", "Resource pool", "TEXT"),
    ("progress", "Progress", "NUMBER"),
    ("checkpointSize", "Checkpoint size", "NUMBER"),
    ("checkpointCount", "Checkpoints", "NUMBER"),
    ("user", "User", "TEXT"),
    ("searcherMetric", "Searcher Metric", "TEXT"),
    ("searcherMetricsVal", "Searcher Metric Value", "NUMBER"),
    ("externalExperimentId", "External Experiment ID", "TEXT"),
    ("externalTrialId", "External Trial ID", "TEXT"),
    ("archived", "Archived", "UNSPECIFIED"),
)
_RUNS = (
    ("id", "Global Run ID", "NUMBER"),
    ("experimentDescription", "Search Description", "TEXT"),
    ("tags", "Tags", "TEXT"),
    ("forkedFrom", "Forked", "NUMBER"),
    ("startTime", "Start Time", "DATE"),
    ("endTime", "End Time", "DATE"),
    ("duration", "Duration", "NUMBER"),
    ("state", "State", "TEXT"),
    ("searcherType", "Searcher", "TEXT"),
    ("resourcePool", "Resource Pool", "TEXT"),
    ("checkpointSize", "Checkpoint Size", "NUMBER"),
    ("checkpointCount", "Checkpoints", "NUMBER"),
    ("user", "User", "TEXT"),
    ("searcherMetric", "Searcher Metric", "TEXT"),
    ("searcherMetricsVal", "Searcher Metric Value", "NUMBER"),
    ("externalExperimentId", "External Experiment ID", "TEXT"),
    ("projectId", "Project ID", "NUMBER"),
    ("externalRunId", "External Run ID", "TEXT"),
    ("experimentProgress", "Search Progress", "NUMBER"),
    ("experimentId", "Search ID", "NUMBER"),
    ("experimentName", "Search Name", "TEXT"),
    ("isExpMultitrial", "Part of Search", "UNSPECIFIED"),
    ("parentArchived", "Parent Archived", "UNSPECIFIED"),
    ("localId", "Run ID", "TEXT"),
    ("archived", "Archived", "UNSPECIFIED"),
)
