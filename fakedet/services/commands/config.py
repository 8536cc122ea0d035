"""The configuration of a command: what is sent laid over the defaults (master: api_command.go, model/command_config.go)."""
from __future__ import annotations

import copy
import json
from typing import Any, Mapping

from fakedet.domain import go_json
from fakedet.domain.errors import InvalidArgument
from fakedet.services.cluster.usage import POOL
from fakedet.services.commands.kinds import Kind

Config = dict[str, Any]
_IMAGE = "determinedai/pytorch-ngc:0.38.1"
_DEFAULTS: Config = {
    "bind_mounts": None, "debug": False, "description": "", "entrypoint": None,
    "environment": {"add_capabilities": None, "drop_capabilities": None, "environment_variables": {}, "force_pull_image": False,
                    "image": {"cpu": _IMAGE, "cuda": _IMAGE, "rocm": "determinedai/environments:rocm-5.6-pytorch-1.3-tf-2.10-rocm-mpich-0736b6d"},
                    "pod_spec": None, "ports": None, "proxy_ports": None},
    "idle_timeout": None, "notebook_idle_type": "kernels_or_terminals", "pbs": {},
    "resources": {"devices": None, "is_single_node": None, "priority": 42, "resource_pool": POOL, "slots": 1, "weight": 1},
    "slurm": {}, "work_dir": None,
}
_MORE_FIELDS = frozenset({"tensorboard_args", "registry_auth"})
#: What Go's decoder demands of plain fields.
_TYPES: Mapping[str, tuple[type, str]] = {"description": (str, "string"), "debug": (bool, "bool"), "notebook_idle_type": (str, "string")}


def asked_slots(sent: Mapping[str, Any], kind: Kind) -> int:
    """The slots that a configuration asks for; one that says nothing readable asks for one."""
    slots = _resources(sent).get("slots")
    if kind.without_slots:
        return 0
    return int(slots) if isinstance(slots, (int, float)) and not isinstance(slots, bool) and slots == int(slots) else 1


def asked_pool(sent: Mapping[str, Any]) -> str:
    """The pool that a configuration names, blank for the default."""
    pool = _resources(sent).get("resource_pool")
    return pool if isinstance(pool, str) else ""


def full_config(template: Mapping[str, Any], sent: Mapping[str, Any], slots: int) -> Config:
    """What is sent over a template over the defaults."""
    _check(sent)
    config = _laid_over(_laid_over(copy.deepcopy(_DEFAULTS), template), sent)
    config["resources"]["slots"] = slots
    config["resources"]["resource_pool"] = POOL
    return config


def _check(sent: Mapping[str, Any]) -> None:
    for key in sorted(sent):
        if key not in _DEFAULTS and key not in _MORE_FIELDS:
            raise _undecodable(sent, f'json: unknown field "{key}"')
        kind, go_name = _TYPES.get(key, (object, ""))
        if sent[key] is not None and not isinstance(sent[key], kind):
            found = "number" if isinstance(sent[key], (int, float)) and not isinstance(sent[key], bool) else go_json.kind(sent[key])
            raise _undecodable(sent, f"json: cannot unmarshal {found} into Go struct field CommandConfig.{key} of type {go_name}")


def _undecodable(sent: Mapping[str, Any], problem: str) -> InvalidArgument:
    return InvalidArgument(f"unable to decode the merged config: {json.dumps(sent, sort_keys=True, separators=(',', ':'))}: {problem}")


def _laid_over(base: Config, upper: Mapping[str, Any]) -> Config:
    """Objects that the defaults have are merged, everything else is replaced; null leaves it as it is."""
    for key, value in upper.items():
        if isinstance(base.get(key), dict) and isinstance(value, Mapping):
            _laid_over(base[key], value)
        elif value is not None:
            base[key] = copy.deepcopy(value)
    return base


def _resources(sent: Mapping[str, Any]) -> Mapping[str, Any]:
    resources = sent.get("resources")
    return resources if isinstance(resources, Mapping) else {}
