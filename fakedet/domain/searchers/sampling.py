"""Drawing hyperparameters and trials from a search space.

Mirrors hyperparameters.go of the master. Names are drawn in sorted order; a nested object too, where the master's own
order is chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fakedet.domain.errors import Panic
from fakedet.domain.searchers.go_math import power
from fakedet.domain.searchers.operations import Create
from fakedet.domain.searchers.random_state import RandomState

TRIAL_SEED_LIMIT = 1 << 31
DEFAULT_LOG_BASE = 10.0

Hyperparameters = Mapping[str, Any]


@dataclass
class SearchSpace:
    """The hyperparameters of an experiment with the stream of random numbers that all its trials share."""

    hyperparameters: Hyperparameters
    random: RandomState

    def sampled_trial(self) -> Create:
        """A trial with hyperparameters drawn at random."""
        return self.trial(sample_all(self.hyperparameters, self.random))

    def trial(self, hparams: dict[str, Any]) -> Create:
        """A trial with these hyperparameters; the order of the draws is the master's."""
        request_id = self.random.uuid()
        return Create(request_id=request_id, trial_seed=self.random.integer_below(TRIAL_SEED_LIMIT), hparams=hparams)


def sample_all(hyperparameters: Hyperparameters, random: RandomState) -> dict[str, Any]:
    """One value for each hyperparameter."""
    return {name: sample_one(hyperparameters[name], random) for name in sorted_names(hyperparameters)}


def sample_one(hyperparameter: Any, random: RandomState) -> Any:
    """One value of a hyperparameter."""
    kind = kind_of(hyperparameter)
    if kind == "const":
        return const_value(hyperparameter)
    if kind == "nested":
        return sample_all(hyperparameter, random)
    if kind == "categorical":
        return _chosen(hyperparameter["vals"], random)
    if kind == "int":
        low, high = int(hyperparameter["minval"]), int(hyperparameter["maxval"])
        return low + random.integer_below(high - low + 1)
    drawn = random.uniform(float(hyperparameter["minval"]), float(hyperparameter["maxval"]))
    return power(log_base(hyperparameter), drawn) if kind == "log" else drawn


def _chosen(values: Sequence[Any], random: RandomState) -> Any:
    """One of the values. The master takes one of none, too, and breaks."""
    if values:
        return values[random.integer_below(len(values))]
    index = random.signed_integer()
    raise Panic(f"runtime error: index out of range [{index}]" + (" with length 0" if index >= 0 else ""))


def kind_of(hyperparameter: Any) -> str:
    """Its type; an object without one nests hyperparameters, anything else is a constant."""
    if not isinstance(hyperparameter, Mapping):
        return "const"
    return hyperparameter.get("type", "nested")


def const_value(hyperparameter: Any) -> Any:
    """The value of a constant, written out or bare."""
    return hyperparameter["val"] if isinstance(hyperparameter, Mapping) else hyperparameter


def log_base(hyperparameter: Hyperparameters) -> float:
    """The base of a `log` hyperparameter."""
    return float(hyperparameter.get("base", DEFAULT_LOG_BASE))


def sorted_names(hyperparameters: Hyperparameters) -> list[str]:
    """Names in the order of their UTF-8 bytes, as Go sorts text."""
    return sorted(hyperparameters, key=str.encode)
