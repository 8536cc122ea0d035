"""The points of a grid, in the order of the product."""

from __future__ import annotations

import pytest

from fakedet.domain.searchers.grid_points import Grid, axis_values


def axis(kind: str, low: float, high: float, count: int) -> dict:
    return {"type": kind, "minval": low, "maxval": high, "count": count}


@pytest.mark.parametrize(
    ("hyperparameter", "values"),
    [
        (axis("int", 0, 10, 4), [0, 3, 7, 10]),
        (axis("int", 0, 3, 10), [0, 1, 2, 3]),
        (axis("int", 1, 2, 1), [2]),
        (axis("int", -3, 2, 3), [-3, -1, 2]),
        (axis("int", -2, -1, 1), [-2]),
        (axis("double", 0, 1, 1), [0.5]),
        (axis("double", -1, 1, 3), [-1, 0, 1]),
        ({**axis("log", -3, -1, 3), "base": 10}, [0.001, 0.01, 0.1]),
        ({**axis("log", -3, -1, 1), "base": 10}, [0.01]),
        ({"type": "categorical", "vals": [1, "b", None], "count": 1}, [1, "b", None]),
        ({"type": "const", "val": 5}, [5]),
        ([1, 2], [[1, 2]]),
    ],
)
def test_an_axis_spaces_its_values_evenly(hyperparameter, values):
    assert axis_values(hyperparameter) == values


def test_the_last_name_varies_fastest():
    points = list(Grid({"b": axis("int", 0, 10, 3), "a": axis("int", 0, 20, 3)}))
    assert [(point["a"], point["b"]) for point in points[:4]] == [(0, 0), (0, 5), (0, 10), (10, 0)]
    assert points[-1] == {"a": 20, "b": 10}


def test_a_nested_object_gives_one_axis_a_leaf_and_keeps_empty_ones():
    points = list(Grid({"a": {"type": "categorical", "vals": [1, 2]}, "b": {"c": axis("int", 0, 1, 2), "e": {}}}))
    assert points == [{"a": a, "b": {"c": c, "e": {}}} for a in (1, 2) for c in (0, 1)]


def test_constants_alone_make_one_point_and_nothing_makes_none():
    assert list(Grid({"k": 3})) == [{"k": 3}]
    assert list(Grid({})) == []


def test_a_grid_of_a_billion_points_costs_no_more_than_its_axes():
    grid = Grid({name: axis("int", 0, 999, 1000) for name in "abc"})
    assert len(grid) == 10**9
    assert grid[len(grid) - 2] == {"a": 999, "b": 999, "c": 998}
