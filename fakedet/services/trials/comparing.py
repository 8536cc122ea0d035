"""Series of metrics of several trials side by side (master: api_trials.go, CompareTrials)."""
from __future__ import annotations

from typing import Any, Mapping, Sequence

from fakedet.domain.errors import Internal, MasterError, missing
from fakedet.domain.metric_groups import TRAINING, VALIDATION, MetricIdentifier, asked_group, metric_type
from fakedet.services.call import Call
from fakedet.services.metrics.series import ENDLESS, SeriesQuery, points
from fakedet.services.metrics.series_filter import SeriesFilter
from fakedet.services.registry import rpc
from fakedet.services.trials.messages import basic_message

Row = Mapping[str, Any]
DEFAULT_POINTS = 200


@rpc("CompareTrials")
def compare_trials(call: Call, request: Any) -> dict[str, Any]:
    """Each trial that there is, with its series."""
    trials = [trial for trial in map(call.db.trials.row, sorted(set(request.trial_ids))) if trial is not None]
    if not trials:
        raise missing("trial", ",".join(map(str, request.trial_ids))).wrapped("failed validate permissions")
    try:
        group = asked_group(request.metric_type, request.group)
    except MasterError as error:
        raise error.wrapped("failed to parse metric group args") from None
    return {"trials": [{"trial": basic_message(trial), "metrics": _series(call, trial, request, group)} for trial in trials]}


def _series(call: Call, trial: Row, request: Any, group: str) -> list[dict[str, Any]]:
    """One series a group, in the order of their names; groups without points are left out."""
    queries = _queries(request, group)
    found = [(query.group, _points(call, trial, query)) for query in queries]
    return [{"data": data, "type": metric_type(group), "group": group} for group, data in found if data]


def _points(call: Call, trial: Row, query: SeriesQuery) -> list[dict[str, Any]]:
    try:
        return points(call.db, trial, query)
    except MasterError as error:
        raise error.wrapped(f"failed sampling: error fetching time series of {query.group} metrics") from None


def _queries(request: Any, group: str) -> list[SeriesQuery]:
    try:
        wanted = SeriesFilter.of(request.time_series_filter)
        if request.metric_names and request.metric_ids:
            raise Internal("error fetching time series of metrics cannot specify\n\t\tboth metric ids and metric names")
    except MasterError as error:
        raise error.wrapped("failed sampling") from None
    named = _names_by_group(request, group)
    return [SeriesQuery(name, named[name], request.max_datapoints or DEFAULT_POINTS, request.start_batches,
                        request.end_batches or ENDLESS, wanted) for name in sorted(named)]


def _names_by_group(request: Any, group: str) -> Mapping[str, Sequence[str]]:
    """Names without a group mean both training and validation metrics."""
    if request.metric_names:
        return dict.fromkeys([group] if group else [TRAINING, VALIDATION], request.metric_names)
    named: dict[str, list[str]] = {}
    for text in request.metric_ids:
        identifier = _parsed(text)
        named.setdefault(identifier.group, []).append(identifier.name)
    return named


def _parsed(text: str) -> MetricIdentifier:
    try:
        return MetricIdentifier.parse(text)
    except MasterError as error:
        raise error.wrapped(f"failed sampling: error parsing metric id {text}") from None
