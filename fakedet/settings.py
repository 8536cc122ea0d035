"""The settings of a world: one name everywhere (command line --name, marker keyword, FAKEDET_NAME, body of POST worlds)."""
from __future__ import annotations

import dataclasses
import os
import re
from dataclasses import dataclass
from typing import Any, Mapping

CHOICES: dict[str, tuple[str, ...]] = {
    "trials": ("synthetic", "local", "manual"),
    "scheduler": ("priority", "preemption", "fair_share"),
    "semantics": ("documented", "upstream"),
    "storage": ("shared_fs", "directory", "s3", "memory"),
}
_RELEASE = re.compile(r"(\d+\.\d+\.\d+)?")


class BadSetting(ValueError):
    """A setting that is unknown or has a value outside its range; the text says what is possible."""


@dataclass(frozen=True)
class Settings:
    """How a world behaves.

    agents, slots: connected agents and slots of each. trials: who trains (`synthetic` engine, `local`: the real
    entrypoint as a process of this machine, `manual`: nobody).
    speed: `instant` (work is done as soon as it is asked for), `real`, or virtual seconds per real second.
    semantics: `documented`, or `upstream` for 0.38.1 to the letter. storage: where checkpoint files live by default, in the folder
    `storage_path` if given. seed: of everything that is left to chance. client: the release of the clients ("0.17.15"), where a request does
    not tell it and old and new masters answer differently (see gateway/legacy); without it, as 0.38.1 does.
    webhook_signing_key: with which webhooks are signed. scheduler: who gets slots first: by `priority`, the same with `preemption` of what is
    less urgent, or by `fair_share`.
    """

    agents: int = 1
    slots: int = 1
    trials: str = "synthetic"
    speed: str = "instant"
    semantics: str = "documented"
    storage: str = "shared_fs"
    storage_path: str = ""
    seed: int = 0
    client: str = ""
    webhook_signing_key: str = "fakedet"
    scheduler: str = "priority"

    @property
    def pace(self) -> str:
        """The speed that holds: beside real processes time is real."""
        return "real" if self.trials == "local" else self.speed

    @property
    def upstream(self) -> bool:
        """Whether 0.38.1 is followed where it contradicts its documentation."""
        return self.semantics == "upstream"

    @classmethod
    def build(cls, values: Mapping[str, Any], base: "Settings | None" = None) -> "Settings":
        """`base` (or the defaults) changed by `values`, each checked; raises BadSetting."""
        known = {field.name: field for field in dataclasses.fields(cls)}
        changes = {}
        for name, value in values.items():
            if name not in known:
                raise BadSetting(f"There is no setting {name!r}. Settings are: {', '.join(sorted(known))}.")
            changes[name] = _checked(name, value, type(known[name].default))
        return _checked_together(dataclasses.replace(base or cls(), **changes))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ, base: "Settings | None" = None) -> "Settings":
        """The settings that FAKEDET_* variables give."""
        named = {field.name: environment.get("FAKEDET_" + field.name.upper()) for field in dataclasses.fields(cls)}
        return cls.build({name: value for name, value in named.items() if value is not None}, base)


def _checked(name: str, value: Any, kind: type) -> Any:
    if kind is int:
        return _whole_number(name, value)
    text = str(value)
    if name in CHOICES and text not in CHOICES[name]:
        raise BadSetting(f"{name} is {text!r}; it must be one of: {', '.join(CHOICES[name])}.")
    if name == "speed":
        _checked_speed(text)
    if name == "client" and not _RELEASE.fullmatch(text):
        raise BadSetting(f"client is {text!r}; it must be a release of the client, such as 0.17.15.")
    return text


def _checked_together(settings: Settings) -> Settings:
    if settings.trials == "local" and settings.storage == "memory":
        raise BadSetting("storage is 'memory', which processes cannot reach; with trials local it must be one of: shared_fs, directory, s3.")
    return settings


def _whole_number(name: str, value: Any) -> int:
    try:
        number = int(str(value))
    except ValueError:
        raise BadSetting(f"{name} is {value!r}; it must be a whole number.") from None
    if number < 0:
        raise BadSetting(f"{name} is {number}; it must not be negative.")
    return number


def _checked_speed(text: str) -> None:
    if text in ("instant", "real"):
        return
    try:
        positive = 0 < float(text) < float("inf")
    except ValueError:
        positive = False
    if not positive:
        raise BadSetting(f"speed is {text!r}; it must be instant, real or a positive number of virtual seconds per second.")
