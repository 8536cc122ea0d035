"""Which search method a searcher config names.

The single place that knows all of them; `RUNNABLE` are the names that can still be searched with in 0.38.1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fakedet.domain.searchers.async_halving import AsyncHalvingSearch, HalvingPlan
from fakedet.domain.searchers.brackets import make_brackets
from fakedet.domain.searchers.grid_search import GridSearch
from fakedet.domain.searchers.method import SearchMethod
from fakedet.domain.searchers.random_search import RandomSearch, SingleSearch
from fakedet.domain.searchers.sampling import SearchSpace
from fakedet.domain.searchers.settings import SearcherSettings
from fakedet.domain.searchers.tournament import TournamentSearch


def make_method(settings: SearcherSettings, space: SearchSpace) -> SearchMethod:
    """A fresh search method."""
    return RUNNABLE[settings.name](settings, space)


def _single(settings: SearcherSettings, space: SearchSpace) -> SearchMethod:
    return SingleSearch(space)


def _random(settings: SearcherSettings, space: SearchSpace) -> SearchMethod:
    return RandomSearch(
        space, max_trials=settings.max_trials, max_concurrent_trials=settings.max_concurrent_trials
    )


def _grid(settings: SearcherSettings, space: SearchSpace) -> SearchMethod:
    return GridSearch(space, max_concurrent_trials=settings.max_concurrent_trials)


def _async_halving(settings: SearcherSettings, space: SearchSpace) -> SearchMethod:
    return AsyncHalvingSearch(space, _plan(settings))


def _adaptive_asha(settings: SearcherSettings, space: SearchSpace) -> SearchMethod:
    plan = _plan(settings)
    return TournamentSearch([AsyncHalvingSearch(space, replace(plan, **vars(b))) for b in make_brackets(settings)])


def _plan(settings: SearcherSettings) -> HalvingPlan:
    return HalvingPlan(
        num_rungs=settings.num_rungs,
        max_trials=settings.max_trials,
        max_concurrent_trials=settings.max_concurrent_trials,
        divisor=settings.divisor,
        max_time=settings.max_time,
        time_metric=settings.time_metric,
        metric=settings.metric,
        smaller_is_better=settings.smaller_is_better,
    )


RUNNABLE: dict[str, Callable[[SearcherSettings, SearchSpace], SearchMethod]] = {
    "single": _single,
    "random": _random,
    "grid": _grid,
    "async_halving": _async_halving,
    "adaptive_asha": _adaptive_asha,
}
