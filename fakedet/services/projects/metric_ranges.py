"""Between which values the metrics of a project's best trials lie (master: api_project.go, GetProjectNumericMetricsRange)."""
from __future__ import annotations

from typing import Any, Iterator, Mapping

from fakedet.domain.metric_groups import group_of_summary
from fakedet.domain.project_columns import AGGREGATES
from fakedet.domain.sql_casts import as_double
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.registry import rpc

Row = Mapping[str, Any]


@rpc("GetProjectNumericMetricsRange")
def get_project_numeric_metrics_range(call: Call, request: Any) -> dict[str, Any]:
    """One range for each value of the summary metrics that are numbers, and one for the searcher metric."""
    project = finding.project(call.db, request.id)
    ranges: dict[str, tuple[float, float]] = {}
    for experiment in call.db.experiments.rows(project_id=project["id"]):
        best = call.db.trials.row(experiment["best_trial_id"])
        for name, value in () if best is None else _values(best):
            least, greatest = ranges.get(name, (value, value))
            ranges[name] = (min(least, value), max(greatest, value))
    return {"ranges": [{"metrics_name": name, "min": least, "max": greatest} for name, (least, greatest) in ranges.items()]}


def _values(trial: Row) -> Iterator[tuple[str, float]]:
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
