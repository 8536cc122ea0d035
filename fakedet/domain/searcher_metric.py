"""The metric that a search goes by, which values of it are better, and what a trial remembers of its validations.

Values order as in the database: numbers, then NaN, then nothing, whichever way is better (master: proto_get_trials_plus.sql).
"""
from __future__ import annotations

import math
from typing import Any, Iterable, Mapping, NamedTuple

from fakedet.domain.metric_values import as_json
from fakedet.domain.sql_casts import as_double

Rank = tuple[int, float]
#: A validation: its id and its metrics.
Validation = tuple[int, Mapping[str, Any]]


def rank(value: float | None) -> Rank:
    """The place of a value in ascending order."""
    if value is None:
        return (2, 0.0)
    return (1, 0.0) if math.isnan(value) else (0, value)


class Goal(NamedTuple):
    """The searcher metric of an experiment; `sign` is 1 if smaller is better, else -1."""

    metric: str
    sign: int

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Goal":
        """The goal of an experiment's config."""
        searcher = config["searcher"]
        return cls(searcher["metric"], -1 if searcher.get("smaller_is_better") is False else 1)

    def value(self, metrics: Mapping[str, Any]) -> float | None:
        """The searcher metric among `metrics`; raises Internal where it is no number."""
        return as_double(metrics.get(self.metric))

    def signed(self, value: float | None) -> float | None:
        """The value so that smaller is better."""
        return None if value is None else self.sign * value

    def rank_of(self, metrics: Mapping[str, Any]) -> Rank:
        """The place of a validation in the order best first."""
        return rank(self.signed(self.value(metrics)))


class Validations(NamedTuple):
    """What a trial remembers of its validations that are not archived, so that nobody need read them all.

    best_id: the best one that has the searcher metric. newest_id: the last one stored. least, greatest: of the metric's values,
    a validation without it counting as the greatest; None without any validation, else `{"value": ...}`.
    """

    metric: str
    sign: int
    best_id: int | None = None
    best_value: Any = None
    newest_id: int | None = None
    least: Mapping[str, Any] | None = None
    greatest: Mapping[str, Any] | None = None

    @classmethod
    def among(cls, goal: Goal, validations: Iterable[Validation]) -> "Validations":
        """Of all these, by ascending id."""
        found = cls(*goal)
        for number, metrics in validations:
            found = found.with_one(number, metrics)
        return found

    def with_one(self, number: int, metrics: Mapping[str, Any]) -> "Validations":
        """With one that is new, or whose metrics have changed: that only ever adds the searcher metric."""
        value = Goal(self.metric, self.sign).value(metrics)
        known = {"value": None if value is None else as_json(value)}
        best = (number, known["value"]) if self._is_better(value) else (self.best_id, self.best_value)
        return self._replace(
            best_id=best[0], best_value=best[1], newest_id=max(number, self.newest_id or 0),
            least=known if self.least is None or rank(value) < _rank_of(self.least) else self.least,
            greatest=known if self.greatest is None or rank(value) > _rank_of(self.greatest) else self.greatest)

    def _is_better(self, value: float | None) -> bool:
        if value is None:
            return False
        goal = Goal(self.metric, self.sign)
        return self.best_id is None or rank(goal.signed(value)) < rank(goal.signed(as_double(self.best_value)))


def _rank_of(known: Mapping[str, Any]) -> Rank:
    return rank(as_double(known["value"]))
