"""The preview of a search: how many trials train for how long."""

from __future__ import annotations

from typing import Any

import pytest

from fakedet.domain.errors import Internal
from fakedet.domain.searchers.preview import preview_search


def preview(searcher: dict[str, Any], hyperparameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    config = {"searcher": {"metric": "loss", **searcher}, "hyperparameters": hyperparameters or {}}
    return preview_search(config)["trials"]


def lengths(**searcher: Any) -> dict[int, int]:
    trials = preview({"name": "adaptive_asha", "time_metric": "batches", **searcher})
    assert all(trial["unit"]["name"] == "batches" and not trial["unit"]["max_length"] for trial in trials)
    return {trial["unit"]["value"]: trial["count"] for trial in trials}


TO_THE_END = {"max_length": True}
AXIS = {"type": "double", "minval": 0, "maxval": 1, "count": 3}


def test_a_single_search_trains_one_trial_to_completion():
    assert preview({"name": "single"}) == [{"count": 1, "unit": TO_THE_END}]


def test_a_random_search_trains_all_its_trials_to_completion():
    assert preview({"name": "random", "max_trials": 7}) == [{"count": 7, "unit": TO_THE_END}]


@pytest.mark.parametrize(("hyperparameters", "points"), [({}, 0), ({"a": AXIS}, 3), ({"a": AXIS, "n": {"b": AXIS}}, 9)])
def test_a_grid_search_trains_every_point_to_completion(hyperparameters, points):
    assert preview({"name": "grid"}, hyperparameters) == [{"count": points, "unit": TO_THE_END}]


@pytest.mark.parametrize(
    ("searcher", "expected"),
    [
        ({"max_trials": 1, "max_time": 100}, {100: 1}),
        ({"max_trials": 3, "max_time": 100}, {100: 3}),
        ({"max_trials": 10, "max_time": 100}, {25: 6, 100: 4}),
        ({"max_trials": 10, "max_time": 100, "mode": "aggressive"}, {25: 8, 100: 2}),
        ({"max_trials": 16, "max_time": 937}, {58: 9, 234: 5, 937: 2}),
        ({"max_trials": 64, "max_time": 64}, {1: 34, 4: 20, 16: 7, 64: 3}),
        ({"max_trials": 64, "max_time": 4096, "mode": "conservative"}, {64: 33, 256: 19, 1024: 7, 4096: 5}),
        ({"max_trials": 500, "max_time": 1000}, {3: 266, 15: 149, 62: 65, 250: 16, 1000: 4}),
        ({"max_trials": 500, "max_time": 1000, "mode": "aggressive"}, {3: 375, 15: 94, 62: 24, 250: 6, 1000: 1}),
        ({"max_trials": 5, "max_time": 400, "mode": "aggressive", "divisor": 2, "max_rungs": 2}, {200: 3, 400: 2}),
        ({"max_trials": 10, "max_time": 900, "divisor": 3, "max_rungs": 10}, {100: 5, 300: 3, 900: 2}),
        ({"max_trials": 10, "max_time": 1000, "divisor": 3, "mode": "conservative"}, {111: 5, 333: 2, 1000: 3}),
    ],
)
def test_an_adaptive_search_counts_each_trial_where_it_ends(searcher, expected):
    assert lengths(**searcher) == expected


def test_concurrency_changes_no_lengths():
    assert lengths(max_trials=100, max_time=1000) == lengths(max_trials=100, max_time=1000, max_concurrent_trials=0)


def test_the_config_shows_brackets_in_the_order_they_run():
    searcher = {"name": "adaptive_asha", "metric": "m", "max_trials": 16, "max_time": 64, "bracket_rungs": [2, 3]}
    assert preview_search({"searcher": searcher})["config"] == {**searcher, "bracket_rungs": [3, 2]}
    assert searcher["bracket_rungs"] == [2, 3]


def test_async_halving_has_no_preview():
    with pytest.raises(Internal, match="invalid searcher configuration"):
        preview({"name": "async_halving", "num_rungs": 2, "max_trials": 6, "max_time": 64})
