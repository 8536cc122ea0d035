"""Between which values the metrics of a project's best trials lie (master: api_project.go, GetProjectNumericMetricsRange)."""
from __future__ import annotations

from typing import Any, Iterator, Mapping

from fakedet.domain.metric_groups import group_of_summary
from fakedet.domain.project_columns import AGGREGATES
from fakedet.domain.sql_casts import as_double
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.registry import rpc
from fakedet.services.searches.catalogue import Experiments
from fakedet.services.searches.subjects import Subject

Row = Mapping[str, Any]


@rpc("GetProjectNumericMetricsRange")
def get_project_numeric_metrics_range(call: Call, request: Any) -> dict[str, Any]:
    """One range for each value of the summary metrics that are numbers, and one for the searcher metric."""
    project = finding.project(call.db, request.id)
    return {"ranges": call.world.the(Experiments).unchanged(("ranges", project["id"]), lambda: _ranges(call, project))}


def _ranges(call: Call, project: Row) -> list[dict[str, Any]]:
    ids = [row["id"] for row in call.db.experiments.rows(project_id=project["id"])]
    values = call.world.the(Experiments).known(ids, _values, _values)
    found: dict[str, list[float]] = {}
    for number in ids:
        for name, value in values[number]:
            found.setdefault(name, []).append(value)
    return [{"metrics_name": name, "min": min(numbers), "max": max(numbers)} for name, numbers in found.items()]


def _values(subject: Subject) -> tuple[tuple[str, float], ...]:
    return () if subject.run is None else tuple(_values_of(subject.run))


def _values_of(trial: Row) -> Iterator[tuple[str, float]]:
    for key, metrics in trial["summary_metrics"].items():
        for name, metric in metrics.items():
            yield from _numbers(f"{group_of_summary(key)}.{name}", metric)
    value = as_double(trial["searcher_metric_value"])
    if value is not None:
        yield "searcherMetricsVal", value


def _numbers(name: str, metric: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """NaN and infinities are texts in a summary, and passed over."""
    if metric["type"] != "number":
        return
    for aggregate in AGGREGATES:
        value = metric.get(aggregate)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            yield f"{name}.{aggregate}", value
