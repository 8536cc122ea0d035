"""The configuration of commands, notebooks, shells and TensorBoards (master: model/command_config.go and the older structures it is made of).

They know no schema: a configuration is read over the defaults, unknown fields are refused, and a few checks follow.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Mapping

from fakedet.domain.config.environment import REGISTRY_AUTH, Device, Image, Variables
from fakedet.domain.config.experiment import PBS, SLURM
from fakedet.domain.config.kinds import Flag, Integer, Kind, Number, Text
from fakedet.domain.config.objects import Field, ListOf, MapOf, Object, Shown
from fakedet.domain.config.pods import PodSpec
from fakedet.domain.config.problems import number_text
from fakedet.domain.config.reading import ReadError, Reading, run_within
from fakedet.domain.durations import GoDurationError, format_nanoseconds, parse_duration

Config = Mapping[str, Any]
IDLE_TYPES = ("kernels_or_terminals", "kernel_connections", "activity")
PRIORITY = "scheduling priority must be greater than 0 and less than 100"
_MEMORY = re.compile(r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+) ?([kmgtp]?)(?:i?b)?", re.IGNORECASE)


class Word(Text):
    """A text; numbers are none."""

    def read(self, value: Any, here: Reading) -> Any:
        return value or "" if value is None or isinstance(value, str) else here.mismatch(value, self.go)


class Timeout(Kind):
    """A duration as Go writes it."""

    def read(self, value: Any, here: Reading) -> Any:
        if not isinstance(value, str):
            raise ReadError(f"invalid duration: {number_text(value) if isinstance(value, (int, float)) else value}")
        try:
            return format_nanoseconds(parse_duration(value))
        except GoDurationError as error:
            raise ReadError(f"error parsing duration: {error}") from None


class Memory(Kind):
    """Bytes, or a text such as `2g`."""

    def read(self, value: Any, here: Reading) -> Any:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return int(value)
        if not isinstance(value, str):
            raise ReadError("shm_size needs to be a string or numeric")
        found = _MEMORY.fullmatch(value)
        if found is None:
            raise ReadError(f"failed to parse shm_size: invalid size: '{value}'")
        return int(float(found[1]) * 1024 ** " kmgtp".index(found[2].lower() or " "))


class Parsed(Kind):
    """A list or a structure with a reader of its own, which tells its errors behind a context; null is a blank one."""

    def __init__(self, kind: Kind, context: str):
        self.kind, self.context = kind, context

    def read(self, value: Any, here: Reading) -> Any:
        blank: Any = [] if isinstance(self.kind, ListOf) else {}
        return run_within(self.context, lambda reading: self.kind.read(blank if value is None else value, reading))

    def merge(self, high: Any, low: Any) -> Any:
        return self.kind.merge(high, low)

    def fill(self, value: Any) -> Any:
        return self.kind.fill(value)

    def show(self, value: Any) -> Any:
        return self.kind.show(value)


class CommandImage(Image):
    """An image, where `gpu` counts for nothing since cuda has a default."""

    map = Object("DefaultParser", dict.fromkeys(Image.defaults, Field(Text())), package="model")

    def read(self, value: Any, here: Reading) -> Any:
        known = {name: item for name, item in value.items() if name != "gpu"} if isinstance(value, dict) else value
        return super().read(known, here)


class CommandVariables(Variables):
    """Environment variables, of which only those devices are shown that have some."""

    map = Object("DefaultParser", Variables.map.fields, package="model")

    def show(self, value: dict[str, Any]) -> dict[str, Any]:
        return {name: items for name, items in value.items() if items}


_OFF, _WORDS = Field(Flag(), plain=False), Field(ListOf(Word()))
_MOUNT = Object("BindMount", {
    "host_path": Field(Word(), plain=""), "container_path": Field(Word(), plain=""), "read_only": _OFF,
    "propagation": Field(Word(), plain="rprivate")}, package="model")
_MOUNTS = Parsed(ListOf(Parsed(_MOUNT, "failed to parse bind mounts"), adds=lambda mount: mount["container_path"], go="[]model.BindMount"),
                 "failed to parse bind mounts")
_PORT = Object("ProxyPort", {"proxy_port": Field(Integer(), plain=0), "proxy_tcp": _OFF, "unauthenticated": _OFF, "default_service_id": _OFF},
               package="model")
_ENVIRONMENT = Object("Environment", {
    "image": Field(CommandImage(), default={}), "environment_variables": Field(CommandVariables(), default={}),
    "proxy_ports": Field(ListOf(_PORT, go="model.ProxyPortsConfig")), "ports": Field(MapOf(Integer(), "map[string]int")),
    "registry_auth": Field(REGISTRY_AUTH, shown=Shown.IF_SET), "force_pull_image": Field(Flag(), default=False), "pod_spec": Field(PodSpec()),
    "add_capabilities": _WORDS, "drop_capabilities": _WORDS}, package="model")
_RESOURCES = Object("ResourcesConfig", {
    "slots": Field(Integer(), default=1), "max_slots": Field(Integer(), shown=Shown.IF_SET), "weight": Field(Number(), default=1),
    "native_parallel": Field(Flag(), shown=Shown.IF_FILLED), "shm_size": Field(Memory(), shown=Shown.IF_SET),
    "resource_pool": Field(Word(), default=""), "priority": Field(Integer(), default=42), "is_single_node": Field(Flag()),
    "devices": Field(Parsed(ListOf(Device(), adds=lambda device: device["container_path"], go="[]model.DeviceConfig"), "failed to parse devices"))},
    package="model")
COMMAND = Object("CommandConfig", {
    "description": Field(Word(), default=""), "bind_mounts": Field(_MOUNTS), "environment": Field(_ENVIRONMENT, default={}),
    "resources": Field(_RESOURCES, default={}), "entrypoint": _WORDS, "tensorboard_args": Field(ListOf(Word()), shown=Shown.IF_FILLED),
    "idle_timeout": Field(Timeout()), "notebook_idle_type": Field(Word(), default=IDLE_TYPES[0]), "work_dir": Field(Word()),
    "debug": Field(Flag(), default=False), "pbs": Field(PBS, default={}), "slurm": Field(SLURM, default={})}, package="model")


def breaks_off(resources: Mapping[str, Any]) -> bool:
    """Whether the reading of resources ends before it comes to their slots: at devices or a memory size that are none."""
    try:
        for name in ("devices", "shm_size"):
            if resources.get(name) is not None:
                _RESOURCES.fields[name].kind.read(resources[name], Reading())
    except ReadError:
        return True
    return False


def complaint(config: Config) -> str | None:
    """What is wrong with a whole configuration, as the master tells it; None if nothing is."""
    found = sorted(f"error found at {place}: {text}" for place, text in _mistakes(config))
    return None if not found else "\n\t".join([f"Check Failed! {len(found)} errors found:", *found])


def _mistakes(config: Config) -> Iterator[tuple[str, str]]:
    resources, idle_type, metadata = config["resources"], config["notebook_idle_type"], (config["environment"]["pod_spec"] or {}).get("metadata", {})
    if idle_type not in IDLE_TYPES:
        yield "root", f"invalid notebook idle type: {idle_type} not in [{' '.join(IDLE_TYPES)}]"
    if resources["is_single_node"] is not None:
        yield "root", "resources.is_single_node cannot be set for NTSCs: expected true, got false"
    if not resources["weight"] > 0:
        yield "root.Resources", f"weight must be > 0: {number_text(resources['weight'])} is not greater than 0"
    if resources["priority"] < 1:
        yield "root.Resources", f"{PRIORITY}: {resources['priority']} is not greater than or equal to 1"
    if resources["priority"] > 99:
        yield "root.Resources", f"{PRIORITY}: {resources['priority']} is not less than or equal to 99"
    for number, mount in enumerate(config["bind_mounts"] or ()):
        yield from ((f"root.BindMounts[{number}]", f"{text}: expected true, got false") for text, holds in MOUNT_RULES if not holds(mount))
    for name in ("name", "namespace"):
        if metadata.get(name):
            yield "root.Environment", f"pod {name.capitalize()} is not a configurable option: {metadata[name]} does not equal "


MOUNT_RULES: tuple[tuple[str, Callable[[Config], bool]], ...] = (
    ('container_path must not be "."', lambda mount: mount["container_path"] != "."),
    ("host_path must be an absolute path", lambda mount: mount["host_path"].startswith("/")),
)
