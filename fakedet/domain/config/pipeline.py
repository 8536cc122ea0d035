"""From a parsed config to the active one: read, merge, fill, complete - the steps of the master's parseCreateExperiment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fakedet.domain.config.experiment import EXPERIMENT
from fakedet.domain.config.kinds import Integer, Kind, inspect
from fakedet.domain.config.problems import At, ConfigError, as_sent, json_type
from fakedet.domain.config.reading import ReadError, Reading, run
from fakedet.domain.config.searchers import require_current

_INVALID = "invalid experiment configuration"
_VERSION = 'struct { Version int "json:\\"version\\"" }'


def read(value: Any) -> dict[str, Any]:
    """A user's config checked and read: only what it sets, old shapes brought to today's."""
    value = as_sent(value)
    _check_version(value)
    found = sorted(inspect(EXPERIMENT, value, At()))
    if found:
        raise ConfigError(f"version 0 experiment config is invalid: config is invalid: {_lines(found)}")
    try:
        return run(lambda reading: EXPERIMENT.read(value, reading))
    except ReadError as error:
        raise ConfigError(f"unable to unmarshal experiment config as version 0: {error}") from None


def read_template(name: str, value: Any) -> dict[str, Any]:
    """A stored template read as the master does when it is used: unchecked, but without unknown keys."""
    try:
        return run(lambda reading: EXPERIMENT.read(as_sent(value), reading), strict=True)
    except ReadError as error:
        text = f"error unmarshaling JSON: while decoding JSON: {error}"
        raise ConfigError(f"yaml.Unmarshal(template={name}): {text}") from None


def read_fragment(value: Any) -> dict[str, Any]:
    """A part of a config that the master itself holds: its own defaults, a workspace's checkpoint storage, a stored config."""
    return run(lambda reading: EXPERIMENT.read(as_sent(value), reading))


def merge(high: dict[str, Any], low: dict[str, Any]) -> dict[str, Any]:
    """Two read configs merged; `high` wins."""
    return EXPERIMENT.merge(high, low)


def fill(config: dict[str, Any], *, name: str = "", seed: int = 0) -> dict[str, Any]:
    """A read config with every default; `name` and `seed` are what the runtime gives to a config without them."""
    filled = EXPERIMENT.fill(config)
    return {"name": name, **filled, "reproducibility": {"experiment_seed": seed, **filled["reproducibility"]}}


def show(config: dict[str, Any]) -> dict[str, Any]:
    """A read or filled config as clients see it: every declared key, null where unset."""
    return EXPERIMENT.show(config)


def refuse_slots(config: dict[str, Any]) -> None:
    """`resources.slots` belongs to commands; experiments that set it are refused before anything is merged."""
    if "slots" in config.get("resources", {}):
        raise ConfigError('<config>.resources: additionalProperties "slots" not allowed')


def complete(config: dict[str, Any]) -> dict[str, Any]:
    """Shows a filled config after demanding everything an experiment needs."""
    shown = show(config)
    require_complete(EXPERIMENT, shown)
    return shown


def require_complete(kind: Kind, shown: Any) -> None:
    """Refuses a shown value of any kind that is invalid or lacks what is required in the end."""
    found = sorted(inspect(kind, shown, At(complete=True)))
    if found:
        raise ConfigError(f"config is invalid or incomplete: {_lines(found)}")


def parse(value: Any, *, name: str, seed: int, template: Any = None, defaults: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """The active config: the user's over the template's over the master's `defaults` (config fragments, strongest first)."""
    try:
        config = read(value)
    except ConfigError as error:
        raise ConfigError(f"{_INVALID}: {error}") from None
    refuse_slots(config)
    if template is not None:
        config = merge(config, read_template("", template))
    return activate(config, name=name, seed=seed, defaults=defaults)


def activate(config: dict[str, Any], *, name: str, seed: int, defaults: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """A read and merged config made ready to run."""
    for fragment in defaults:
        config = merge(config, read_fragment(fragment))
    try:
        active = complete(fill(config, name=name, seed=seed))
        require_current(active["searcher"])
    except ConfigError as error:
        raise ConfigError(f"{_INVALID}: {error}") from None
    return active


def _check_version(value: Any) -> None:
    """The version key is looked at before anything else; no version but 0 exists, and naming it is an unknown key."""
    if value is not None and not isinstance(value, dict):
        raise ConfigError(_unread(ReadError(_go_word(value), _VERSION)))
    version = (value or {}).get("version")
    if version is None:
        return
    if not Integer().fits(version):
        reading = Reading(struct="", path=("version",))
        reading.mismatch(version, "int")
        raise ConfigError(_unread(reading.notes[0]))
    if version != 0:
        raise ConfigError(f"invalid version: {version}")


def _unread(error: ReadError) -> str:
    return f"unable to unmarshal json-formatted experiment config: {error}"


def _go_word(value: Any) -> str:
    return {"boolean": "bool"}.get(json_type(value), json_type(value))


def _lines(found: list[str]) -> str:
    return "\n".join(found)
