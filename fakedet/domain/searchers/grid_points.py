"""The points of a grid over hyperparameters.

Mirrors the grid of grid.go: one axis a hyperparameter (a nested object gives one axis a leaf), sorted names, the last
name varying fastest.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import floor, prod
from typing import Any

from fakedet.domain.searchers.go_math import power
from fakedet.domain.searchers.sampling import Hyperparameters, const_value, kind_of, log_base, sorted_names

Route = tuple[str, ...]
Axis = tuple[Route, list[Any]]


class Grid:
    """All points, made when asked for: a large grid costs no more than its axes. No hyperparameters make no point."""

    def __init__(self, hyperparameters: Hyperparameters) -> None:
        self._axes = _axes(hyperparameters, ())
        self._size = prod(len(values) for _, values in self._axes) if self._axes else 0

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self[index] for index in range(self._size))

    def __getitem__(self, index: int) -> dict[str, Any]:
        point: dict[str, Any] = {}
        for (route, values), place in zip(self._axes, self._places(index)):
            _put(point, route, values[place])
        return point

    def _places(self, index: int) -> list[int]:
        """The place on each axis of the point with this number, the last axis varying fastest."""
        places = []
        for _, values in reversed(self._axes):
            index, place = divmod(index, len(values))
            places.append(place)
        return places[::-1]


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


def _put(point: dict[str, Any], route: Route, value: Any) -> None:
    *parents, name = route
    for parent in parents:
        point = point.setdefault(parent, {})
    point[name] = value
