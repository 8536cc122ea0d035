"""How well a synthetic trial can learn, read from its hyperparameters.

Near hyperparameters give near trials, so that a search has something to find: learning rates have a good decade, too
high ones diverge, every other number has a better and a worse region, every choice a liking. Only exact arithmetic and
keyed chance, so the same everywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fakedet.domain.searchers.go_math import log
from fakedet.engine.chance import bell, between, uniform

GOOD_LEARNING_RATE = 3e-3
LEARNING_RATE_WEIGHT = 3.0
NO_LEARNING = -10.0
_LN_10 = 2.302585092994046
_LEARNING_RATE = re.compile(r"(^|[._/-])(lr|learning_?rate|base_lr|eta)($|[._/-])|learning_?rate", re.IGNORECASE)


@dataclass(frozen=True)
class Fitness:
    """What the hyperparameters make of a trial."""

    ceiling: float
    """The share of what there is to learn that it ever reaches, 0 to 1."""
    pace: float
    """How much slower than a good trial it learns; 1 is good, more is slower."""
    diverges: bool
    """Whether it blows up on the way."""


def fitness_of(hparams: Mapping[str, Any], seed: int) -> Fitness:
    """The fitness of these hyperparameters; another seed changes it a little."""
    leaves = sorted(_leaves(hparams), key=lambda leaf: leaf[0])
    decades = [_decades_off(value) for name, value in leaves if _is_learning_rate(name, value)]
    off = decades[0] if decades else 0.0
    liking = min(max(_mean_liking(leaves) + 0.02 * bell("liking", seed), 0.0), 1.0)
    return Fitness(ceiling=0.35 + 0.62 * liking, pace=_pace(off), diverges=off > between(2.1, 3.0, "limit", seed))


def _leaves(hparams: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in hparams.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _Choice.unless_number(value)


@dataclass(frozen=True)
class _Choice:
    """A value that is no number, by its JSON text."""

    text: str

    @classmethod
    def unless_number(cls, value: Any) -> Any:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return float(value) if is_number else cls(json.dumps(value, sort_keys=True, default=str))


def _is_learning_rate(name: str, value: Any) -> bool:
    return isinstance(value, float) and bool(_LEARNING_RATE.search(name))


def _decades_off(learning_rate: float) -> float:
    """How many powers of ten above (or below) a good learning rate."""
    return log(learning_rate / GOOD_LEARNING_RATE) / _LN_10 if learning_rate > 0 else NO_LEARNING


def _pace(off: float) -> float:
    return 1 / (1 + min(off, 3.0)) if off > 0 else (1 - off) ** 2


def _mean_liking(leaves: list[tuple[str, Any]]) -> float:
    weighed = [_weighed_liking(name, value) for name, value in leaves]
    # A trial without hyperparameters is a good one, not a perfect one.
    total, weight = 0.8, 1.0
    for liking, its_weight in weighed:
        total, weight = total + liking * its_weight, weight + its_weight
    return total / weight


def _weighed_liking(name: str, value: Any) -> tuple[float, float]:
    if _is_learning_rate(name, value):
        off = _decades_off(value)
        return 1 / (1 + off * off / 2), LEARNING_RATE_WEIGHT
    if isinstance(value, float):
        return _liking_of_number(name, value), 1.0
    return uniform("choice", name, value.text), 1.0


def _liking_of_number(name: str, value: float) -> float:
    """A smooth up and down over two decades, with its best place given by the name."""
    place = log(value) / (2 * _LN_10) if value > 0 else value
    turn = (place + uniform("number", name)) % 1.0
    return abs(turn * 2 - 1)
