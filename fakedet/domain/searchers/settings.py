"""The searcher section of an experiment config, read once.

Fills in the defaults of expconf where a config comes without them, so that a search can be made of either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class SearcherSettings:
    """What the searchers read of their config."""

    name: str
    metric: str
    smaller_is_better: bool = True
    max_trials: int = 1
    max_concurrent_trials: int = 16
    num_rungs: int = 1
    max_rungs: int = 5
    divisor: float = 4.0
    mode: str = "standard"
    bracket_rungs: tuple[int, ...] = ()
    max_time: int = 0
    time_metric: str = "batches"

    @classmethod
    def of(cls, searcher: Mapping[str, Any]) -> SearcherSettings:
        """The settings of a config's `searcher` object; null and absent mean the default."""
        stated = {**_legacy_length(searcher), **{key: value for key, value in searcher.items() if value is not None}}
        return cls(**{key: _READERS[key](value) for key, value in stated.items() if key in _READERS})


_READERS: dict[str, Any] = {
    "name": str,
    "metric": str,
    "smaller_is_better": bool,
    "max_trials": int,
    "max_concurrent_trials": int,
    "num_rungs": int,
    "max_rungs": int,
    "divisor": float,
    "mode": str,
    "bracket_rungs": lambda rungs: tuple(int(rung) for rung in rungs),
    "max_time": int,
    "time_metric": str,
}


def _legacy_length(searcher: Mapping[str, Any]) -> dict[str, Any]:
    """`max_length: {batches: 100}` of older configs as the time metric and its maximum."""
    length = searcher.get("max_length")
    if not isinstance(length, Mapping) or not length:
        return {}
    unit, units = next(iter(length.items()))
    return {"time_metric": unit, "max_time": units}
