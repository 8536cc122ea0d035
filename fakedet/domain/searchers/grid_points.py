"""The points of a grid over hyperparameters.

Mirrors the grid of grid.go: one axis a hyperparameter (a nested object gives one axis a leaf), sorted names, the last
name varying fastest.
"""

from __future__ import annotations

from itertools import product
from math import floor
from typing import Any

from fakedet.domain.searchers.go_math import power
from fakedet.domain.searchers.sampling import Hyperparameters, const_value, kind_of, log_base, sorted_names

Route = tuple[str, ...]
Axis = tuple[Route, list[Any]]


def grid_points(hyperparameters: Hyperparameters) -> list[dict[str, Any]]:
    """All points; none for no hyperparameters at all."""
    axes = _axes(hyperparameters, ())
    if not axes:
        return []
    routes = [route for route, _ in axes]
    return [_point(routes, values) for values in product(*(values for _, values in axes))]


def _axes(hyperparameters: Hyperparameters, route: Route) -> list[Axis]:
    return [
        axis for name in sorted_names(hyperparameters) for axis in _axes_of(hyperparameters[name], (*route, name))
    ]


def _axes_of(hyperparameter: Any, route: Route) -> list[Axis]:
    if kind_of(hyperparameter) != "nested":
        return [(route, axis_values(hyperparameter))]
    # An empty object is a point of its own, so that it does not vanish from the trial.
    return _axes(hyperparameter, route) if hyperparameter else [(route, [{}])]


def axis_values(hyperparameter: Any) -> list[Any]:
    """The values of one hyperparameter along its axis."""
    kind = kind_of(hyperparameter)
    if kind == "const":
        return [const_value(hyperparameter)]
    if kind == "categorical":
        return list(hyperparameter["vals"])
    if kind == "int":
        return _integers(int(hyperparameter["minval"]), int(hyperparameter["maxval"]), int(hyperparameter["count"]))
    spaced = _spaced(float(hyperparameter["minval"]), float(hyperparameter["maxval"]), int(hyperparameter["count"]))
    return [power(log_base(hyperparameter), value) for value in spaced] if kind == "log" else spaced


def _integers(low: int, high: int, count: int) -> list[int]:
    count = min(count, high - low + 1)
    if count == 1:
        return [_round_half_away((low + high) / 2)]
    return [_round_half_away(low + step * (high - low) / (count - 1)) for step in range(count)]


def _spaced(low: float, high: float, count: int) -> list[float]:
    if count == 1:
        return [(low + high) / 2]
    return [low + step * (high - low) / (count - 1) for step in range(count)]


def _round_half_away(value: float) -> int:
    whole = floor(abs(value))
    whole += abs(value) - whole >= 0.5
    return -whole if value < 0 else whole


def _point(routes: list[Route], values: tuple[Any, ...]) -> dict[str, Any]:
    point: dict[str, Any] = {}
    for (*parents, name), value in zip(routes, values):
        branch = point
        for parent in parents:
            branch = branch.setdefault(parent, {})
        branch[name] = value
    return point
