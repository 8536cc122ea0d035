"""The running summary of a trial's metrics: count, sum, mean, min, max, last and type of each metric of each group.

`with_report` adds a report to a summary as the master does in Go (master: db/postgres_trial.go); `recomputed` starts from the
reports that are left after some were archived, as its query does (calculate-full-trial-summary-metrics.sql). The two agree on
all finite numbers and differ on NaN beside infinities, on what `last` is, and in the nulls of metrics that are no numbers.
"""
from __future__ import annotations

import re
from functools import reduce
from math import inf, isfinite, isnan, nan
from operator import add
from typing import Any, Callable, Iterable, Mapping, NamedTuple, Sequence

Summary = Mapping[str, Any]
#: A group's reports, by metric name.
Metrics = Mapping[str, Any]

_GROUP_KEYS = {"training": "avg_metrics", "validation": "validation_metrics"}
_SPECIAL_NUMBERS = {"NaN": nan, "Infinity": inf, "-Infinity": -inf}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_TYPES = {bool: "boolean", int: "number", float: "number", dict: "object", list: "array", type(None): "null"}
_STATISTICS = ("count", "sum", "mean", "min", "max")


class Report(NamedTuple):
    """What was reported at once in a group; of the latest `end_time` come the last values."""

    group: str
    metrics: Metrics
    end_time: int


def summary_key(group: str) -> str:
    """Under which key a group's metrics stand in a summary."""
    return _GROUP_KEYS.get(group, group)


def type_of(value: Any) -> str:
    """The type of a metric that has this value; the names of special numbers are numbers."""
    if isinstance(value, str):
        return "number" if value in _SPECIAL_NUMBERS else "date" if _DATE.fullmatch(value) else "string"
    return _TYPES[type(value)]


def with_report(summary: Summary, group: str, metrics: Metrics) -> dict[str, Any]:
    """The summary after one more report: metrics of the group that are not in it have had null last."""
    return with_reports(summary, group, [metrics])


def with_reports(summary: Summary, group: str, reports: Sequence[Metrics]) -> dict[str, Any]:
    """The summary after these reports of a group, one after the other."""
    names = reports[0].keys()
    if any(report.keys() != names for report in reports):
        return reduce(lambda before, report: with_report(before, group, report), reports, dict(summary))
    key = summary_key(group)
    entries = {name: {**entry, "last": None} for name, entry in summary.get(key, {}).items()}
    for name in names:
        values = [report[name] for report in reports]
        entries[name] = {**_with_values(entries.get(name), values), "last": _plain(values[-1])}
    return {**summary, key: entries}


def recomputed(reports: Iterable[Report]) -> dict[str, Any]:
    """The summary of these reports, in the order in which they came; groups without metrics are left out."""
    groups: dict[str, list[Report]] = {}
    for report in reports:
        groups.setdefault(report.group, []).append(report)
    entries = {summary_key(group): _recomputed_group(members) for group, members in groups.items()}
    return {key: metrics for key, metrics in entries.items() if metrics}


def _with_values(entry: Mapping[str, Any] | None, values: Sequence[Any]) -> Mapping[str, Any]:
    """What one value after the other makes of the entry; finite numbers can be counted at once."""
    if len(values) > 1 and (entry is None or entry["type"] == "number") and all(map(_is_finite, values)):
        return {"type": "number", **_statistics_with(entry, list(map(_number, values)))}
    for value in values:
        entry = _with_value(entry, value)
    return entry or {}


def _with_value(entry: Mapping[str, Any] | None, value: Any) -> dict[str, Any]:
    """An entry of another type becomes a string for good and loses its statistics."""
    kind = type_of(value)
    if entry is not None and entry["type"] != kind:
        return {"type": "string"}
    if kind != "number":
        return dict(entry or {"type": kind})
    return {"type": kind, **_statistics_with(entry, [_number(value)])}


def _statistics_with(entry: Mapping[str, Any] | None, numbers: Sequence[float]) -> dict[str, Any]:
    """The statistics with one more number, or with several finite ones."""
    if entry is None or "count" not in entry:
        count, total, least, greatest = len(numbers), reduce(add, numbers), min(numbers), max(numbers)
    else:
        count = int(entry["count"]) + len(numbers)
        total = reduce(add, numbers, _number(entry["sum"]))  # not sum(): newer Pythons round it differently
        least = _extreme(min, -inf, _number(entry["min"]), min(numbers))
        greatest = _extreme(max, inf, _number(entry["max"]), max(numbers))
    statistics = {"sum": total, "mean": total / count if count > 1 else total, "min": least, "max": greatest}
    return {"count": count, **{name: _plain(value) for name, value in statistics.items()}}


def _is_finite(value: Any) -> bool:
    return type(value) in (float, int) and isfinite(value)


def _extreme(choose: Callable[[float, float], float], utmost: float, a: float, b: float) -> float:
    """Go's math.Min and math.Max: nothing goes beyond the infinity, and then NaN wins."""
    if utmost in (a, b):
        return utmost
    return nan if isnan(a) or isnan(b) else choose(a, b)


def _recomputed_group(reports: Sequence[Report]) -> dict[str, Any]:
    names = dict.fromkeys(name for report in reports for name in report.metrics)
    latest = max(reports, key=lambda report: report.end_time).metrics
    values = {name: [report.metrics[name] for report in reports if name in report.metrics] for name in names}
    return {name: {**_recomputed_entry(values[name]), "last": _plain(latest.get(name))} for name in names}


def _recomputed_entry(values: Sequence[Any]) -> dict[str, Any]:
    kinds = set(map(type_of, values))
    if kinds != {"number"}:
        return {"type": kinds.pop() if len(kinds) == 1 else "string", **dict.fromkeys(_STATISTICS)}
    numbers = [_number(value) for value in values]
    total = reduce(add, numbers)  # not sum(): newer Pythons round it differently
    smallest, largest = (nan, nan) if any(map(isnan, numbers)) else (min(numbers), max(numbers))
    statistics = {"sum": total, "mean": total / len(numbers), "min": smallest, "max": largest}
    return {"type": "number", "count": len(numbers), **{name: _plain(value) for name, value in statistics.items()}}


def _number(value: Any) -> float:
    return _SPECIAL_NUMBERS[value] if isinstance(value, str) else float(value)


def _plain(value: Any) -> Any:
    """As JSON in the database holds it: special numbers by name, no negative zero."""
    if not isinstance(value, float):
        return value
    if isnan(value):
        return "NaN"
    return value + 0.0 if abs(value) != inf else "Infinity" if value > 0 else "-Infinity"
