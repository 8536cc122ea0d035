"""The environment and resources sections: images, variables, ports, devices, pods."""

from __future__ import annotations

from typing import Any

from fakedet.domain.config.kinds import Flag, Integer, Kind, Number, Text, matching
from fakedet.domain.config.objects import Field, ListOf, MapOf, Needed, Object, Shown
from fakedet.domain.config.pods import PodSpec
from fakedet.domain.config.problems import At, Problems
from fakedet.domain.config.reading import ReadError, Reading, run_within
from fakedet.domain.config.unions import Either

CPU_IMAGE = CUDA_IMAGE = "determinedai/pytorch-ngc:0.38.1"
ROCM_IMAGE = "determinedai/environments:rocm-5.6-pytorch-1.3-tf-2.10-rocm-mpich-0736b6d"
_DEVICES = ("cpu", "cuda", "rocm")


def _per_device(kind: Kind, *, eventually: bool = False) -> dict[str, Field]:
    """One field per kind of device, with `gpu` as the old name of cuda."""
    fields = {name: Field(kind, eventually=eventually) for name in _DEVICES}
    return {**fields, "gpu": Field(kind, shown=Shown.NEVER)}


class Image(Kind):
    """A container image per kind of device; a plain text means all of them."""

    json = ("object", "string")
    map = Object("DefaultParser", _per_device(Text(), eventually=True))
    either = Either("is neither a string nor a map of cpu, cuda, or rocm to strings", map, Text())
    defaults = {"cpu": CPU_IMAGE, "cuda": CUDA_IMAGE, "rocm": ROCM_IMAGE}

    def problems(self, value: Any, at: At) -> Problems:
        return self.either.problems(value, at)

    def read(self, value: Any, here: Reading) -> Any:
        if isinstance(value, str):
            return dict.fromkeys(_DEVICES, value)
        return _read_map(self.map, value, "failed to parse runtime item")

    def merge(self, high: dict[str, Any], low: dict[str, Any]) -> dict[str, Any]:
        return self.map.merge(high, low)

    def fill(self, value: dict[str, Any]) -> dict[str, Any]:
        return {**self.defaults, **value}

    def show(self, value: dict[str, Any]) -> dict[str, Any]:
        return self.map.show(value)


class Variables(Kind):
    """Environment variables per kind of device; a plain list means all of them. Later ones override earlier ones."""

    json = ("object", "array")
    map = Object("DefaultParser", _per_device(ListOf(Text())))
    either = Either("is neither a list of strings nor a map of cpu, cuda, or rocm to lists of strings", map, ListOf(Text()))

    def problems(self, value: Any, at: At) -> Problems:
        return self.either.problems(value, at)

    def read(self, value: Any, here: Reading) -> Any:
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return dict.fromkeys(_DEVICES, value)
        read = _read_map(self.map, value, "failed to parse runtime items")
        return {name: read.get(name, []) for name in _DEVICES}

    def merge(self, high: dict[str, Any], low: dict[str, Any]) -> dict[str, Any]:
        return {name: low[name] + high[name] for name in _DEVICES}


def _read_map(kind: Object, value: Any, context: str) -> Any:
    """A map per device, in which `gpu` stands in for a missing cuda."""
    if isinstance(value, dict) and value.get("cuda") is None and "gpu" in value:
        value = {**value, "cuda": value["gpu"]}
    return run_within(context, lambda reading: kind.read(value, reading))


PROXY_PORT = Object(
    "ProxyPortV0",
    {
        "proxy_port": Needed(Number(go="int"), plain=0),
        "proxy_tcp": Field(Flag(), default=False),
        "unauthenticated": Field(Flag(), default=False),
        "default_service_id": Field(Flag(), default=False),
    },
)


class RegistryAuth(Object):
    """A login at the image registry: taken whole from one side, shown without its empty parts."""

    def merge(self, high: dict[str, Any], low: dict[str, Any]) -> dict[str, Any]:
        return high


_LOGIN = Field(Text(), shown=Shown.IF_FILLED)
REGISTRY_AUTH = RegistryAuth(
    "AuthConfig",
    dict.fromkeys(("username", "password", "auth", "email", "serveraddress", "identitytoken", "registrytoken"), _LOGIN),
    package="registry",
)

ENVIRONMENT = Object(
    "EnvironmentConfigV0",
    {
        "image": Field(Image(), default={}, eventually=True),
        "environment_variables": Field(Variables(), default={name: [] for name in _DEVICES}),
        "proxy_ports": Field(ListOf(PROXY_PORT, adds=lambda port: port["proxy_port"], go="expconf.ProxyPortsConfigV0"), default=[]),
        "ports": Field(MapOf(Integer(), "map[string]int"), default={}),
        "force_pull_image": Field(Flag(), default=False),
        "registry_auth": Field(REGISTRY_AUTH),
        "add_capabilities": Field(ListOf(Text()), default=[]),
        "drop_capabilities": Field(ListOf(Text()), default=[]),
        "pod_spec": Field(PodSpec()),
    },
)


_PATH = Needed(Text(), plain="")


class Device(Kind):
    """A host device: a structure, or Docker's `host:container:mode`."""

    go = "expconf.DeviceV0"
    object = Object(
        "DeviceV0",
        {"host_path": _PATH, "container_path": _PATH, "mode": Field(Text(), default="mrw")},
    )
    text = Text(("", matching("^/[^:]*:/[^:]*(:[rwm]*)?")))
    either = Either("is neither a list of --device strings nor a map containing host_path, container_path, and mode", object, text)

    def problems(self, value: Any, at: At) -> Problems:
        return self.either.problems(value, at)

    def read(self, value: Any, here: Reading) -> Any:
        if not isinstance(value, str):
            return here.own(lambda inner: self.object.read(value, inner))
        parts = value.split(":")
        if len(parts) not in (2, 3):
            raise ReadError(f'invalid device string: "{value}"')
        return dict(zip(("host_path", "container_path", "mode"), parts, strict=False))

    def fill(self, value: dict[str, Any]) -> dict[str, Any]:
        return self.object.fill(value)

    def show(self, value: dict[str, Any]) -> dict[str, Any]:
        return self.object.show(value)


class MemorySize(Kind):
    """Bytes of shared memory; the schema also takes texts such as `2g`, which the master then cannot read."""

    json = ("integer", "string")
    size = Text(("must be a valid memory size", matching(r"^([0-9]*[.])?[0-9]+ ?(([kmgtpKMGTP]([iI]?[bB])?)|[bB])?$")))

    def problems(self, value: Any, at: At) -> Problems:
        return self.size.problems(value, at)

    def read(self, value: Any, here: Reading) -> Any:
        return Integer().read(value, here)


RESOURCES = Object(
    "ResourcesConfigV0",
    {
        "agent_label": Field(Text(), shown=Shown.NEVER),
        "devices": Field(ListOf(Device(), adds=lambda device: device["container_path"], go="expconf.DevicesConfigV0"), default=[]),
        "is_single_node": Field(Flag()),
        "max_slots": Field(Integer()),
        "native_parallel": Field(Flag(), default=False),
        "priority": Field(Integer(at_least=1, at_most=99)),
        "resource_pool": Field(Text(), default=""),
        "shm_size": Field(MemorySize()),
        "slots": Field(Integer(), shown=Shown.IF_SET),
        "slots_per_trial": Field(Integer(at_least=0), default=1),
        "weight": Field(Number(), default=1),
    },
)
