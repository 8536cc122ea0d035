"""Series of metrics: which points, which values, which order, how many."""
from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakedet.domain.sampling import _numbers, drawn


@pytest.fixture
def trained(detached):
    """Steps 1 to 9; a metric of each type."""
    trial = detached.trial()
    for step in range(1, 10):
        detached.report(trial, step, second=step, loss=step, on=step > 4, mixed=step if step < 5 else "x", o={"bb": 1.5, "a": [step]})
    detached.report(trial, 3, "validation", second=3, loss=0.5)
    return detached


def series(client, **query):
    (trial,) = client.get("/trials/time-series", trialIds=1, **query)["trials"]
    return {one["group"]: [(point["batches"], *point["values"].values()) for point in one["data"]] for one in trial["metrics"]}


def test_names_without_a_group_mean_training_and_validation(trained):
    assert series(trained, metricNames="loss", endBatches=2) == {"training": [(1, 1), (2, 2)]}
    assert series(trained, metricNames="loss", startBatches=3, endBatches=3) == {"training": [(3, 3)], "validation": [(3, 0.5)]}


@pytest.mark.parametrize(("name", "value"), [
    ("loss", 3), ("on", False), ("mixed", "3"), ("o", '{"a": [3], "bb": 1.5}'), ("nothing", None)])
def test_a_value_has_the_type_of_its_metric_in_the_summary(trained, name, value):
    assert series(trained, metricIds=f"training.{name}", startBatches=3, endBatches=3) == {"training": [(3, value)]}


@pytest.mark.parametrize(("filters", "steps"), [
    ({"name": "batches", "integerRange.gt": 2, "integerRange.lte": 4}, [3, 4]), ({"integerRange.gte": 8}, [8, 9]),
    ({"name": "batches", "doubleRange.lt": 2.5}, [1, 2]), ({"name": "time", "timeRange.gte": "2024-05-01T00:00:08Z"}, [8, 9])])
def test_a_filter_takes_the_place_of_the_bounds(trained, filters, steps):
    query = {f"timeSeriesFilter.{name}": value for name, value in filters.items()}
    found = series(trained, metricNames="loss", group="training", startBatches=5, endBatches=5, **query)
    assert [step for step, _ in found["training"]] == steps


@pytest.mark.parametrize(("query", "problem"), [
    ("metricNames=loss&timeSeriesFilter.name=loss&timeSeriesFilter.integerRange.gt=1", 'column "loss" does not exist (SQLSTATE 42703)'),
    ("metricNames=batches", 'ORDER BY "batches" is ambiguous (SQLSTATE 42702)'),
    ("metricNames=loss&timeSeriesFilter.name=time&timeSeriesFilter.integerRange.lte=1",
     "operator does not exist: timestamp with time zone <= integer (SQLSTATE 42883)")])
def test_what_the_database_cannot_do_fails_in_its_words(trained, query, problem):
    assert trained.refusal("GET", f"/trials/time-series?trialIds=1&group=training&{query}") == (
        f"500 failed sampling: error fetching time series of training metrics: failed to get metrics to sample for experiment: ERROR: {problem}")


def test_unknown_trials_are_left_out_unless_all_are(trained):
    assert [shown["trial"]["id"] for shown in trained.get("/trials/time-series", trialIds=[9, 1, 1])["trials"]] == [1]
    assert trained.refusal("GET", "/trials/time-series?trialIds=8&trialIds=9") == (
        "404 failed validate permissions: rpc error: code = NotFound desc = trial '8,9' not found")


@pytest.mark.parametrize(("most", "found"), [(4, 4), (1, 1), (0, 9), (-1, 9), (50, 9)])
def test_at_most_so_many_points_come_in_order(trained, most, found):
    points = series(trained, metricNames="loss", group="training", maxDatapoints=most)["training"]
    assert len(points) == found
    assert points == sorted(points)


@given(st.integers(0, 200), st.integers(-2, 220))
def test_a_smaller_sample_is_the_beginning_of_a_larger_one(length, most):
    chosen, everything = drawn(length, most), drawn(length, -1)
    assert chosen == (everything if most < 0 else everything[:most])
    assert sorted(everything) == list(range(length))


def test_what_is_drawn_is_what_postgresql_draws():
    numbers = [number * 2**-52 for number in islice(_numbers(), 4)]
    assert numbers == [0.3978842227698167, 0.7438732417540841, 0.3875091442400458, 0.4108009373061563]


@pytest.mark.parametrize(("group", "found"), [("training", [30, 20, 10]), ("validation", [30, 20, 10]), ("g", [30, 10, 20])])
def test_points_that_tie_come_as_drawn_from_the_order_in_which_the_database_reads_the_group(detached, group, found):
    trial = detached.trial()
    for step in (20, 10, 30):
        detached.report(trial, step, group, loss=1)
    query = {"metricNames": "loss", "group": group, "trialIds": trial, "timeSeriesFilter.name": "epoch"}
    (shown,) = detached.get("/trials/time-series", **query)["trials"]
    assert drawn(3, 3) == [2, 0, 1]
    assert [point["batches"] for point in shown["metrics"][0]["data"]] == found
