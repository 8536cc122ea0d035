"""Brackets and rungs of adaptive ASHA."""

from __future__ import annotations

import pytest

from fakedet.domain.searchers.brackets import concurrency_of_brackets, make_brackets, trials_of_brackets
from fakedet.domain.searchers.rungs import Rung, make_rungs
from fakedet.domain.searchers.settings import SearcherSettings


@pytest.mark.parametrize(
    ("searcher", "brackets"),
    [
        ({"max_trials": 10, "max_time": 100}, [(2, 7, 8), (1, 3, 8)]),
        ({"max_trials": 10, "max_time": 100, "mode": "aggressive"}, [(2, 10, 16)]),
        ({"max_trials": 10, "max_time": 100, "max_concurrent_trials": 2}, [(2, 7, 1), (1, 3, 1)]),
        ({"max_trials": 64, "max_time": 64}, [(4, 45, 6), (3, 14, 5), (2, 5, 5)]),
        (
            {"max_trials": 64, "max_time": 4096, "mode": "conservative"},
            [(4, 43, 4), (3, 14, 4), (2, 5, 4), (1, 2, 4)],
        ),
        ({"max_trials": 100, "max_time": 1000, "max_concurrent_trials": 0}, [(4, 70, 8), (3, 22, 8), (2, 8, 8)]),
        ({"max_trials": 3, "max_time": 100}, [(1, 3, 16)]),
        ({"max_trials": 16, "max_time": 64, "bracket_rungs": [2, 3]}, [(3, 12, 8), (2, 4, 8)]),
    ],
)
def test_a_search_is_spread_over_brackets(searcher, brackets):
    settings = SearcherSettings.of({"name": "adaptive_asha", "metric": "loss", **searcher})
    assert [(b.num_rungs, b.max_trials, b.max_concurrent_trials) for b in make_brackets(settings)] == brackets


@pytest.mark.parametrize(
    ("max_trials", "divisor", "rungs", "trials"),
    [
        (20, 3, [3, 2, 1], [12, 5, 3]),
        (50, 3, [4, 3], [35, 15]),
        (50, 4, [3, 2], [37, 13]),
        (100, 4, [4, 3, 2], [70, 22, 8]),
        (1, 4, [3, 2], [1, 1]),
    ],
)
def test_each_bracket_gets_about_the_same_training(max_trials, divisor, rungs, trials):
    assert trials_of_brackets(max_trials, divisor, rungs) == trials


@pytest.mark.parametrize(
    ("limit", "divisor", "trials", "shares"),
    [(0, 3, [9, 3, 1], [3, 3, 3]), (11, 3, [9, 3, 1], [4, 4, 3]), (0, 4, [40, 10], [10, 10]), (1, 4, [5, 5], [1, 1])],
)
def test_concurrency_is_shared_evenly(limit, divisor, trials, shares):
    assert concurrency_of_brackets(limit, divisor, trials) == shares


@pytest.mark.parametrize(
    ("num_rungs", "divisor", "max_time", "lengths"),
    [
        (3, 3, 9, [1, 3, 9]),
        (4, 2, 10, [1, 2, 5, 10]),
        (1, 4, 9, [9]),
        (3, 3, 900, [100, 300, 900]),
        (3, 10, 5, [1, 1, 5]),
        (3, 2.5, 100, [16, 40, 100]),
    ],
)
def test_rungs_lengthen_by_the_divisor(num_rungs, divisor, max_time, lengths):
    assert [rung.units_needed for rung in make_rungs(num_rungs, divisor, max_time)] == lengths


def test_a_report_ranks_before_its_equals():
    rung = Rung(1)
    assert [rung.insert(trial, metric) for trial, metric in (("a", 0.5), ("b", 0.5), ("c", 0.9), ("d", 0.1))] == [
        0,
        0,
        2,
        0,
    ]
    assert [trial for _, trial in rung.reports] == ["d", "b", "a", "c"]


@pytest.mark.parametrize(("reports", "places"), [(1, 1), (3, 1), (4, 1), (8, 2), (9, 2)])
def test_the_best_share_continues_and_at_least_one(reports, places):
    assert Rung(1, [(0.0, "t")] * reports).places_to_continue(4) == places
