"""Experiment configs of clients up to 0.15 in the words of 0.38.1: steps become batches, a description also is a name."""
from __future__ import annotations

from typing import Any, Mapping

import yaml

from fakedet.gateway.legacy.old_rows import BATCHES_PER_STEP

#: Lengths that 0.12 counted in steps: at the top, and of a searcher.
_PERIODS = ("min_validation_period", "min_checkpoint_period")
_LENGTHS = {"max_steps": "max_length", "target_trial_steps": "max_length", "step_budget": "budget"}
#: Keys that are no more.
_GONE = ("batches_per_step", "internal", "data_layer")


class BadConfig(ValueError):
    """A config that is no YAML object."""


def todays_config(text: str) -> dict[str, Any]:
    """The config as 0.38.1 takes it."""
    try:
        config = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadConfig(f"invalid experiment configuration: {error}") from None
    if not isinstance(config, dict):
        raise BadConfig("invalid experiment configuration: it must be an object")
    step = config.get("batches_per_step") or BATCHES_PER_STEP
    renewed = {name: value for name, value in config.items() if name not in _GONE}
    for name in _PERIODS:
        if isinstance(renewed.get(name), int):
            renewed[name] = {"batches": renewed[name] * step}
    if isinstance(renewed.get("searcher"), dict):
        renewed["searcher"] = {_LENGTHS.get(name, name): {"batches": value * step} if name in _LENGTHS and isinstance(value, int) else value
                               for name, value in renewed["searcher"].items()}
    if "batches_per_step" in config:
        renewed.setdefault("scheduling_unit", step)
    if renewed.get("description"):
        renewed.setdefault("name", renewed["description"])
    return _with_whole_models(renewed) if is_in_steps(config) else renewed


def is_in_steps(config: Mapping[str, Any]) -> bool:
    """Whether it counts in steps, as clients up to 0.12 do."""
    return "batches_per_step" in config or not _LENGTHS.keys().isdisjoint(_object(config.get("searcher")))


def _with_whole_models(config: dict[str, Any]) -> dict[str, Any]:
    """Checkpoints with what the first of these clients load, where they are synthetic."""
    data = _object(config.get("data"))
    return {**config, "data": {**data, "fakedet": {"whole_model": True, **_object(data.get("fakedet"))}}}


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
