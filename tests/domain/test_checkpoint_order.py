"""Lists of checkpoints: golden orders of the master's comparisons in Go, rules of the recordings checkpoints/list_sort_*."""
from __future__ import annotations

import math
from typing import Any, Mapping, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakedet.domain.checkpoint_order import CheckpointOrder, experiment_order, trial_order
from fakedet.domain.checkpoint_sort import CheckpointListing
from fakedet.domain.errors import Internal, InvalidArgument
from fakedet.domain.go_sort import sort_slice

ASC, DESC = "ORDER_BY_ASC", "ORDER_BY_DESC"
SEARCHER = "SORT_BY_SEARCHER_METRIC"


class Listed(NamedTuple):
    uuid: str = "a"
    report_time: int = 0
    trial_id: int | None = 1
    state: str = "COMPLETED"
    metadata: Mapping[str, Any] = {}
    searcher_metric: float | None = None
    avg_metrics: Mapping[str, Any] = {}


def checkpoints(text: str) -> list[Listed]:
    """`a:.5@10 b:–@9`: name, metric (– is missing) and report time."""
    rows = []
    for word in text.split():
        name, metric, reported = word.replace("@", ":").split(":")
        value = None if metric == "–" else float(metric)
        rows.append(Listed(name, int(reported), 1, searcher_metric=value, avg_metrics={} if value is None else {"m": value}))
    return rows


def uuids(rows, order) -> str:
    return " ".join(row.uuid for row in CheckpointListing(rows, order).page()[0])


SOME_MISSING = "a:.5@10 b:–@9 c:.3@8 d:–@7 e:.3@6 f:.9@5"
ALL_MISSING = "a:–@10 b:–@9 c:–@8 d:–@7"
BARRIERS = "a:.5@10 b:NaN@9 c:.3@8 d:NaN@7 e:.1@6"


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        (SOME_MISSING, experiment_order(SEARCHER, order_by=ASC), "e c a f b d"),
        (SOME_MISSING, experiment_order(SEARCHER, order_by=DESC), "f a c e b d"),
        (SOME_MISSING, experiment_order(sort_by_metric="m", order_by=ASC), "d b e c a f"),
        (SOME_MISSING, trial_order(SEARCHER, order_by=ASC, semantics="upstream"), "d b e c a f"),
        (SOME_MISSING, experiment_order(sort_by_metric="m", order_by=DESC), "f a c e d b"),
        (SOME_MISSING, trial_order(SEARCHER, order_by=DESC, semantics="upstream"), "f a c e d b"),
        (ALL_MISSING, experiment_order(sort_by_metric="m", order_by=ASC), "d c b a"),
        (ALL_MISSING, experiment_order(sort_by_metric="m", order_by=DESC), "d c b a"),
        (ALL_MISSING, experiment_order(SEARCHER), "a b c d"),
        (BARRIERS, experiment_order(SEARCHER, order_by=ASC), "a b c d e"),
        (BARRIERS, experiment_order(SEARCHER, order_by=DESC), "a b c d e"),
        ("a:NaN@10 b:.4@9 c:.3@8", experiment_order(SEARCHER, order_by=ASC), "a c b"),
        ("a:inf@10 b:-inf@9 c:.3@8 d:–@7", experiment_order(SEARCHER, order_by=ASC), "b c a d"),
    ],
)
def test_golden_orders_of_the_comparisons_in_go(text, order, expected):
    assert uuids(checkpoints(text), order) == expected


@pytest.mark.parametrize(
    ("semantics", "smaller_is_better", "order_by", "expected"),
    [
        ("documented", True, "ORDER_BY_UNSPECIFIED", "e c a f b d"),
        ("documented", False, "ORDER_BY_UNSPECIFIED", "f a c e b d"),
        ("documented", False, ASC, "e c a f b d"),
        ("upstream", True, "ORDER_BY_UNSPECIFIED", "d b e c a f"),
        ("upstream", False, "ORDER_BY_UNSPECIFIED", "d b e c a f"),
        ("upstream", True, DESC, "f a c e d b"),
    ],
)
def test_a_trial_list_by_searcher_metric_differs_between_semantics(semantics, smaller_is_better, order_by, expected):
    order = trial_order(SEARCHER, order_by=order_by, smaller_is_better=smaller_is_better, semantics=semantics)
    assert uuids(checkpoints(SOME_MISSING), order) == expected


@pytest.mark.parametrize("semantics", ["documented", "upstream"])
@pytest.mark.parametrize("attribute", [None, "SORT_BY_UUID", "SORT_BY_STATE", "SORT_BY_BATCH_NUMBER", "SORT_BY_END_TIME"])
def test_all_other_keys_sort_a_trial_list_as_the_experiment_list(semantics, attribute):
    assert trial_order(attribute, order_by=DESC, semantics=semantics) == experiment_order(attribute, order_by=DESC)


ROWS = [
    Listed("d", 4, 2, "DELETED", {"steps_completed": 20.0}),
    Listed("c", 3, 1, "COMPLETED", {"steps_completed": "30"}),
    Listed("b", 2, 2, "COMPLETED", {"steps_completed": 20}),
    Listed("a", 1, 1, "ACTIVE", {"steps_completed": 10}),
]


@pytest.mark.parametrize(
    ("attribute", "order_by", "expected"),
    [
        (None, ASC, "a c b d"),
        (None, DESC, "d b c a"),
        ("SORT_BY_UNSPECIFIED", DESC, "d b c a"),
        ("SORT_BY_TRIAL_ID", ASC, "a c b d"),
        ("SORT_BY_UUID", DESC, "d c b a"),
        ("SORT_BY_END_TIME", "ORDER_BY_UNSPECIFIED", "a b c d"),
        ("SORT_BY_STATE", ASC, "a c b d"),
        ("SORT_BY_STATE", DESC, "d c b a"),
        ("SORT_BY_BATCH_NUMBER", ASC, "c a b d"),
        ("SORT_BY_BATCH_NUMBER", DESC, "d b a c"),
    ],
)
def test_attributes_sort_with_ties_by_report_and_text_steps_as_missing(attribute, order_by, expected):
    assert uuids(ROWS[::-1], experiment_order(attribute, order_by=order_by)) == expected


PANIC = "interface conversion: interface {} is %s, not float64"


@pytest.mark.parametrize(
    ("later", "earlier", "message"),
    [
        ("NaN", 1.0, PANIC % "string"),
        (1.0, "text", PANIC % "string"),
        (None, 1.0, PANIC % "nil"),
        (True, 1.0, PANIC % "bool"),
        ([1], 1.0, PANIC % "[]interface {}"),
        ({"a": 1}, 2, PANIC % "map[string]interface {}"),
        ({"a": 1}, {"a": 1}, "runtime error: comparing uncomparable type map[string]interface {}"),
        ([], [], "runtime error: comparing uncomparable type []interface {}"),
    ],
)
def test_metrics_that_are_no_numbers_panic_once_they_are_compared(later, earlier, message):
    rows = [Listed("b", 2, avg_metrics={"m": later}), Listed("a", 1, avg_metrics={"m": earlier})]
    with pytest.raises(Internal) as panic:
        CheckpointListing(rows, experiment_order(sort_by_metric="m"))
    assert panic.value.message == message


@pytest.mark.parametrize("value", ["x", None, True])
def test_equal_metrics_that_are_no_numbers_go_by_report_time(value):
    rows = [Listed("b", 2, avg_metrics={"m": value}), Listed("a", 1, avg_metrics={"m": value})]
    assert uuids(rows, experiment_order(sort_by_metric="m")) == "a b"


def test_a_panic_of_the_sort_comes_before_the_refusal_of_the_offset():
    rows = [Listed("b", 2, avg_metrics={"m": "x"}), Listed("a", 1, avg_metrics={"m": 1})]
    with pytest.raises(Internal, match="interface conversion"):
        CheckpointListing(rows, experiment_order(sort_by_metric="m")).page(offset=9)
    with pytest.raises(InvalidArgument, match="offset out of bounds"):
        CheckpointListing(rows, experiment_order()).page(offset=9)


METRICS = st.none() | st.sampled_from([0.5, 0.25, math.inf, math.nan]) | st.integers(0, 400).map(float)
ATTRIBUTES = [None, SEARCHER, "SORT_BY_UUID", "SORT_BY_STATE", "SORT_BY_BATCH_NUMBER", "SORT_BY_END_TIME"]
DIRECTIONS = st.sampled_from([ASC, DESC])
SEMANTICS = st.sampled_from(["documented", "upstream"])
ORDERS = st.builds(trial_order, st.sampled_from(ATTRIBUTES), st.none(), DIRECTIONS, semantics=SEMANTICS)
METRIC_ORDERS = st.builds(experiment_order, st.none(), st.just("m"), DIRECTIONS)


def listed(n: int, metric: float | None) -> Listed:
    steps = {"steps_completed": n // 3}
    metrics = {} if metric is None else {"m": metric}
    return Listed(f"{n:03}", n // 2, n % 3, "DELETED" if n % 4 else "ACTIVE", steps, metric, metrics)


@given(st.lists(METRICS, max_size=60), ORDERS | METRIC_ORDERS, st.integers(0, 10), st.integers(0, 10))
def test_a_page_is_cut_from_what_the_sort_of_go_leaves(metrics, order, offset, limit):
    rows = [listed(n, metric) for n, metric in enumerate(metrics)]
    expected = sorted(rows, key=lambda row: -row.report_time)
    sort_slice(expected, plainly(order))
    offset = min(offset, len(rows))
    page, _ = CheckpointListing(rows, order).page(offset, limit)
    assert page == expected[offset : offset + limit if limit else None]


def plainly(order: CheckpointOrder):
    """The master's comparison restated."""

    def ascending(a, b):
        if not present(a):
            return True
        if not present(b):
            return False
        if order.ties_by_report and order.value(a) == order.value(b):
            return a.report_time < b.report_time
        return order.value(a) < order.value(b)

    def less(a, b):
        if order.missing_last and not (present(a) and present(b)):
            return present(a)
        return ascending(b, a) if order.descending else ascending(a, b)

    def present(row):
        return isinstance(order.value(row), (int, float, str))

    return less
