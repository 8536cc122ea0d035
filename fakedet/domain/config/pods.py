"""Kubernetes pod specs: passed through, with the few edits the master refuses and the empty parts it adds."""

from __future__ import annotations

from typing import Any

from fakedet.domain.config.kinds import Kind, inspect
from fakedet.domain.config.objects import Field, ListOf, Object
from fakedet.domain.config.problems import At, Problems
from fakedet.domain.config.reading import Reading

_POD_RULES = {
    "name": "pod Name is not a configurable option",
    "name_space": "pod NameSpace is not a configurable option",
}
_POD_KEYS = {"apiVersion": "string", "kind": "string", "metadata": "ObjectMeta", "spec": "PodSpec", "status": "PodStatus"}
_ELSEWHERE = ", set it in the experiment config"
_CONTAINER_RULES = {
    "image": f"container Image is not configurable{_ELSEWHERE}",
    "command": "container Command is not configurable",
    "args": "container Args are not configurable",
    "working_dir": "container WorkingDir is not configurable",
    "ports": "container Ports are not configurable",
    "liveness_probe": "container LivenessProbe is not configurable",
    "readiness_probe": "container ReadinessProbe is not configurable",
    "startup_probe": "container StartupProbe is not configurable",
    "lifecycle": "container Lifecycle is not configurable",
    "termination_message_path": "container TerminationMessagePath is not configurable",
    "termination_message_policy": "container TerminationMessagePolicy is not configurable",
    "image_pull_policy": f"container ImagePullPolicy is not configurable{_ELSEWHERE}",
    "security_context": f"container SecurityContext is not configurable{_ELSEWHERE}",
}


class _Container(Kind):
    """A container; the one the master owns (or an unnamed one) allows few edits."""

    def problems(self, value: Any, at: At) -> Problems:
        if isinstance(value, dict) and value.get("name", "determined-container") != "determined-container":
            return
        yield from inspect(_OWN_CONTAINER, value, at)


class _Guarded(Kind):
    """An object some of whose keys are refused, each with its own words."""

    json = ("object",)

    def __init__(self, rules: dict[str, str]) -> None:
        self.rules = rules

    def problems(self, value: dict[str, Any], at: At) -> Problems:
        return (at.says(text) for name, text in self.rules.items() if name in value)


_OWN_CONTAINER = _Guarded(_CONTAINER_RULES)
_SPEC = Object("PodSpec", {"containers": Field(ListOf(_Container()))}, open=True)
_POD = Object("Pod", {"spec": Field(_SPEC)}, open=True)


class PodSpec(Kind):
    json = ("object",)

    def problems(self, value: dict[str, Any], at: At) -> Problems:
        yield from _Guarded(_POD_RULES).problems(value, at)
        yield from _POD.problems(value, at)

    def merge(self, high: dict[str, Any], low: dict[str, Any]) -> Any:
        return _overlay(high, low)

    def read(self, value: Any, here: Reading) -> Any:
        if not isinstance(value, dict):
            return here.mismatch(value, "expconf.PodSpec")
        known = {name: item for name, item in value.items() if name in _POD_KEYS and item is not None}
        for name in ("metadata", "spec", "status"):
            if not isinstance(known.get(name, {}), dict):
                here.at("Pod", name).mismatch(known[name], f"v1.{_POD_KEYS[name]}")
        return known

    def show(self, value: dict[str, Any]) -> dict[str, Any]:
        spec = {"containers": None, **value.get("spec", {})}
        return {
            **value,
            "metadata": {"creationTimestamp": None, **value.get("metadata", {})},
            "spec": {**spec, "containers": _shown_containers(spec["containers"])},
            "status": value.get("status", {}),
        }


def _shown_containers(containers: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
    if containers is None:
        return None
    return [{"name": "", **item, "resources": _quantities(item.get("resources"))} for item in containers]


def _quantities(resources: Any) -> dict[str, Any]:
    """Amounts of cpu and memory are texts to Kubernetes, whatever they were written as."""
    resources = resources if isinstance(resources, dict) else {}
    return {
        name: {key: str(amount) for key, amount in item.items()} if isinstance(item, dict) else item for name, item in resources.items()
    }


def _overlay(high: Any, low: Any) -> Any:
    """Kubernetes' strategic merge as far as configs need it: maps by key, named things by name, other lists replaced."""
    if isinstance(high, dict) and isinstance(low, dict):
        return {**low, **{name: _overlay(item, low[name]) if name in low else item for name, item in high.items()}}
    if _is_named(high) and _is_named(low):
        names = {item["name"]: item for item in low}
        own = [_overlay(item, names.pop(item["name"], {})) for item in high]
        return own + list(names.values())
    return high


def _is_named(items: Any) -> bool:
    return isinstance(items, list) and all(isinstance(item, dict) and "name" in item for item in items)
