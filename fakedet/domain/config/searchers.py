"""The searcher section: the living searchers and those that only old experiments have."""

from __future__ import annotations

from typing import Any

from fakedet.domain.config.kinds import Choice, Flag, Integer, Number, Text
from fakedet.domain.config.lengths import Length, PositiveLength, SearcherLength
from fakedet.domain.config.objects import Field, ListOf, Object, Shown
from fakedet.domain.config.problems import ConfigError
from fakedet.domain.config.unions import Tagged

_COMMON = {
    "metric": Field(Text(), eventually=True),
    "smaller_is_better": Field(Flag(), default=True),
    "source_trial_id": Field(Integer()),
    "source_checkpoint_uuid": Field(Text()),
}
_MAX_LENGTH = {"max_length": Field(SearcherLength(), shown=Shown.IF_SET)}
_MAX_TRIALS = {"max_trials": Field(Integer(at_least=1), eventually=True)}
_CONCURRENCY = {"max_concurrent_trials": Field(Integer(at_least=0), default=16)}
_DIVISOR = {"divisor": Field(Number(above=1), default=4)}
_MODE = {
    "mode": Field(Choice("aggressive", "standard", "conservative", go="expconf.AdaptiveMode"), default="standard"),
    "max_rungs": Field(Integer(at_least=1), default=5),
}
_BRACKETS = {"bracket_rungs": Field(ListOf(Integer()), default=[])}
_NUM_RUNGS = {"num_rungs": Field(Integer(at_least=1), eventually=True)}
_TIME = {"time_metric": Field(Text()), "max_time": Field(Integer()), "stop_once": Field(Flag(), shown=Shown.IF_SET)}
_OLD_LENGTH = {"max_length": Field(PositiveLength(), shown=Shown.IF_SET)}
_STRAGGLERS = {"train_stragglers": Field(Flag(), default=True)}

LIVING = {
    "single": Object("SingleConfigV0", _MAX_LENGTH),
    "random": Object("RandomConfigV0", {**_MAX_LENGTH, **_MAX_TRIALS, **_CONCURRENCY}),
    "grid": Object("GridConfigV0", {**_MAX_LENGTH, **_CONCURRENCY}),
    "adaptive_asha": Object(
        "AdaptiveASHAConfigV0",
        {**_MAX_LENGTH, **_MAX_TRIALS, **_CONCURRENCY, **_DIVISOR, **_MODE, **_BRACKETS, **_TIME},
    ),
    "async_halving": Object("AsyncHalvingConfigV0", {**_OLD_LENGTH, **_NUM_RUNGS, **_MAX_TRIALS, **_CONCURRENCY, **_DIVISOR, **_TIME}),
}
REMOVED = {
    "custom": Object(
        "CustomConfigV0", {"unit": Field(Choice("batches", "records", "epochs", null_last=True, go="expconf.Unit"))}, open=True
    ),
    "adaptive": Object(
        "AdaptiveConfigV0",
        {
            **_OLD_LENGTH,
            "budget": Field(Length(), eventually=True),
            **_BRACKETS,
            **_DIVISOR,
            **_STRAGGLERS,
            **_MODE,
        },
    ),
    "adaptive_simple": Object(
        "AdaptiveSimpleConfigV0",
        {**_OLD_LENGTH, "max_trials": Field(Integer(at_least=1, at_most=2000), eventually=True), **_DIVISOR, **_MODE},
    ),
    "sync_halving": Object(
        "SyncHalvingConfigV0",
        {
            **_NUM_RUNGS,
            **_OLD_LENGTH,
            "budget": Field(PositiveLength(), eventually=True),
            **_DIVISOR,
            **_STRAGGLERS,
        },
    ),
}

SEARCHER = Tagged(
    "SearcherConfigV0",
    "name",
    {**LIVING, **REMOVED},
    _COMMON,
    text="is not an object where object[\"name\"] is one of 'single', 'random', 'grid', 'custom', or 'adaptive_asha'",
    wrap="failed to parse searcher config",
)


def require_current(searcher: dict[str, Any]) -> None:
    """Refuses searchers that new experiments cannot have: removed ones, and halving ones without a time limit."""
    name = searcher.get("name")
    if name in REMOVED:
        raise ConfigError(f"the '{name}' searcher has been removed and is not valid for new experiments")
    if name in ("adaptive_asha", "async_halving") and None in (searcher.get("max_time"), searcher.get("time_metric")):
        raise ConfigError(f"the `{name}` searcher requires `max_time` and `time_metric` to be set")
