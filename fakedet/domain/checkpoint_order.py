"""What a list of checkpoints is sorted by, for each endpoint and sort key.

Mirrors GetExperimentCheckpoints and GetTrialCheckpoints (master: api_experiment.go, api_trials.go, protoless/less.go).
The sort itself, whose outcome depends on more than these orders, is in checkpoint_sort.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Mapping, Protocol

from fakedet.domain.semantics import DOCUMENTED, UPSTREAM

UNSPECIFIED_SORT, BY_SEARCHER_METRIC = "SORT_BY_UNSPECIFIED", "SORT_BY_SEARCHER_METRIC"
UNSPECIFIED_ORDER, ASCENDING, DESCENDING = "ORDER_BY_UNSPECIFIED", "ORDER_BY_ASC", "ORDER_BY_DESC"

MISSING = object()
_STATE_NUMBERS = {"ACTIVE": 1, "COMPLETED": 2, "ERROR": 3, "DELETED": 4, "PARTIALLY_DELETED": 5}


class Sortable(Protocol):
    """What a checkpoint may be sorted by. Only what the order asks for is read, so each may be computed on demand."""

    uuid: str
    trial_id: int | None
    report_time: int
    state: str
    metadata: Mapping[str, Any]
    searcher_metric: float | None
    avg_metrics: Mapping[str, Any]


@dataclass(frozen=True)
class CheckpointOrder:
    """One way to list checkpoints.

    value: what is compared, or MISSING. ties_by_report: equal values go by report time.
    missing_last: missing ones come last in both directions; else they count as smallest.
    """

    value: Callable[[Any], Any]
    descending: bool = False
    ties_by_report: bool = True
    missing_last: bool = False


def experiment_order(
    sort_by_attr: str | None = None,
    sort_by_metric: str | None = None,
    order_by: str = UNSPECIFIED_ORDER,
    *,
    smaller_is_better: bool = True,
) -> CheckpointOrder:
    """The order of an experiment's list: sorted by the searcher metric, the best come first and those without it last."""
    if sort_by_metric is not None:
        return CheckpointOrder(_named_metric(sort_by_metric), order_by == DESCENDING)
    if sort_by_attr != BY_SEARCHER_METRIC:
        return _attribute_order(sort_by_attr, order_by)
    descending = not smaller_is_better if order_by == UNSPECIFIED_ORDER else order_by == DESCENDING
    return CheckpointOrder(_searcher_metric, descending, missing_last=True)


def trial_order(
    sort_by_attr: str | None = None,
    sort_by_metric: str | None = None,
    order_by: str = UNSPECIFIED_ORDER,
    *,
    smaller_is_better: bool = True,
    semantics: str = DOCUMENTED,
) -> CheckpointOrder:
    """The order of a trial's list.

    DIFF: documented is the experiment's order. By searcher metric, 0.38.1 lists ascending, whichever is better, and those
    that have none first (test_a_trial_list_by_searcher_metric_differs_between_semantics).
    """
    if semantics == UPSTREAM and sort_by_metric is None and sort_by_attr == BY_SEARCHER_METRIC:
        return CheckpointOrder(_searcher_metric, order_by == DESCENDING)
    return experiment_order(sort_by_attr, sort_by_metric, order_by, smaller_is_better=smaller_is_better)


def _attribute_order(sort_by_attr: str | None, order_by: str) -> CheckpointOrder:
    value, ties_by_report = _ATTRIBUTES.get(sort_by_attr or UNSPECIFIED_SORT, _ATTRIBUTES[UNSPECIFIED_SORT])
    return CheckpointOrder(value, order_by == DESCENDING, ties_by_report)


def _trial_id(checkpoint: Sortable) -> Any:
    return _or_missing(checkpoint.trial_id)


def _searcher_metric(checkpoint: Sortable) -> Any:
    return _or_missing(checkpoint.searcher_metric)


def _named_metric(name: str) -> Callable[[Sortable], Any]:
    """The metric as reported: a null is a value, and no number."""
    return lambda checkpoint: checkpoint.avg_metrics.get(name, MISSING)


def _steps_completed(checkpoint: Sortable) -> Any:
    """The number in the metadata; anything else counts as missing."""
    steps = checkpoint.metadata.get("steps_completed")
    return steps if type(steps) in (int, float) else MISSING


def _or_missing(value: Any) -> Any:
    return MISSING if value is None else value


def _state_number(checkpoint: Sortable) -> int:
    return _STATE_NUMBERS[checkpoint.state]


_ATTRIBUTES: Mapping[str, tuple[Callable[[Any], Any], bool]] = {
    UNSPECIFIED_SORT: (_trial_id, True),
    "SORT_BY_TRIAL_ID": (_trial_id, True),
    "SORT_BY_BATCH_NUMBER": (_steps_completed, True),
    "SORT_BY_UUID": (lambda checkpoint: checkpoint.uuid, False),
    "SORT_BY_END_TIME": (lambda checkpoint: checkpoint.report_time, False),
    "SORT_BY_STATE": (_state_number, False),
}
