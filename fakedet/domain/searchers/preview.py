"""What a search would do: how many trials would train for how long.

Mirrors simulate.go of the master. In each rung of a bracket the best 1/divisor go on; a trial counts where it ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from fakedet.domain.errors import Internal
from fakedet.domain.searchers.brackets import Bracket, make_brackets
from fakedet.domain.searchers.grid_points import Grid
from fakedet.domain.searchers.rungs import make_rungs
from fakedet.domain.searchers.settings import SearcherSettings

TO_COMPLETION = {"max_length": True}


def preview_search(config: Mapping[str, Any]) -> dict[str, Any]:
    """The SearchSummary of an experiment config that is complete with its defaults."""
    searcher = config["searcher"]
    settings = SearcherSettings.of(searcher)
    if settings.name == "adaptive_asha":
        # The master sorts the brackets in the very config it then shows.
        shown = {**searcher, "bracket_rungs": sorted(settings.bracket_rungs, reverse=True)}
        return {"config": shown, "trials": _trials_by_length(settings)}
    count = _trials_to_completion(settings, config.get("hyperparameters") or {})
    return {"config": dict(searcher), "trials": [{"count": count, "unit": TO_COMPLETION}]}


def _trials_to_completion(settings: SearcherSettings, hyperparameters: Mapping[str, Any]) -> int:
    if settings.name == "grid":
        return len(Grid(hyperparameters))
    if settings.name == "random":
        return settings.max_trials
    if settings.name == "single":
        return 1
    raise Internal("invalid searcher configuration")


def _trials_by_length(settings: SearcherSettings) -> list[dict[str, Any]]:
    ends: Counter[int] = Counter()
    for bracket in make_brackets(settings):
        ends.update(_ends(bracket, settings))
    return [
        {"count": count, "unit": {"name": settings.time_metric, "value": length, "max_length": False}}
        for length, count in sorted(ends.items())
    ]


def _ends(bracket: Bracket, settings: SearcherSettings) -> Counter[int]:
    """How many trials of a bracket end at which length."""
    ends: Counter[int] = Counter()
    *lower, top = make_rungs(bracket.num_rungs, settings.divisor, settings.max_time)
    trials = bracket.max_trials
    for rung in lower:
        go_on = max(int(trials / settings.divisor), 1)
        ends[rung.units_needed] += trials - go_on
        trials = go_on
    ends[top.units_needed] += trials
    return ends
