"""What config policies may hold: a fixed configuration, and limits that configurations must keep (master: internal/configpolicy).

Policies are decoded strictly, field by field, and refused in the words of Go's decoder.
"""
from __future__ import annotations

from typing import Any, Collection, Mapping

from fakedet.domain.go_json import kind

Policies = Mapping[str, Any]
_DECODING = "error unmarshaling JSON: while decoding JSON: json: "


class PolicyError(ValueError):
    """Policies that cannot be decoded, or that contradict each other."""


def check_policies(policies: Any, struct: str, config_fields: Collection[str]) -> None:
    """Raise PolicyError unless `policies` are an object of an invariant config and constraints; null is none."""
    if policies is None:
        return
    if not isinstance(policies, Mapping):
        raise PolicyError(f"{_DECODING}cannot unmarshal {kind(policies)} into Go value of type configpolicy.{struct}")
    _require_known(policies, ("invariant_config", "constraints"))
    constraints = _object(policies, "constraints", f"{struct}.constraints", "model.Constraints")
    _require_known(constraints, ("resources", "priority_limit"))
    resources = _object(constraints, "resources", "Constraints.constraints.resources", "model.ResourceConstraints")
    _require_known(resources, ("max_slots",))
    _require_integer(resources, "max_slots", "ResourceConstraints.constraints.resources.max_slots")
    _require_integer(constraints, "priority_limit", "Constraints.constraints.priority_limit")
    _require_known(_object(policies, "invariant_config", f"{struct}.invariant_config", "expconf.ExperimentConfigV0"), config_fields)


def check_conflicts(constraints: Policies | None, config: Policies | None) -> None:
    """Raise PolicyError where the fixed configuration does not keep the limits."""
    limits, resources = constraints or {}, (config or {}).get("resources") or {}
    most = (limits.get("resources") or {}).get("max_slots")
    if None not in (resources.get("priority"), limits.get("priority_limit")) and resources["priority"] != limits["priority_limit"]:
        raise PolicyError("invariant config & constraints are trying to set the priority limit")
    if None not in (resources.get("max_slots"), most) and resources["max_slots"] != most:
        raise PolicyError("invariant config & constraints are trying to set the max slots")
    if None not in (resources.get("slots_per_trial"), most) and resources["slots_per_trial"] > most:
        raise PolicyError(f"invariant config has {resources['slots_per_trial']} slots per trial. violates constraints max slots of {most}")


def merged_constraints(of_workspace: Policies | None, of_cluster: Policies | None) -> tuple[int | None, int | None]:
    """The most slots and the priority limit that count: the cluster's where it sets any, else the workspace's."""
    return (_first((of_cluster, of_workspace), "resources", "max_slots"), _first((of_cluster, of_workspace), "priority_limit"))


def _first(sources: tuple[Policies | None, ...], *path: str) -> int | None:
    for source in sources:
        value: Any = source
        for key in path:
            value = (value or {}).get(key)
        if value is not None:
            return int(value)
    return None


def _object(parent: Policies, key: str, place: str, target: str) -> Policies:
    value = parent.get(key)
    if value is not None and not isinstance(value, Mapping):
        raise PolicyError(f"{_DECODING}cannot unmarshal {kind(value)} into Go struct field {place} of type {target}")
    return value or {}


def _require_known(value: Policies, names: Collection[str]) -> None:
    for key in value:
        if key not in names:
            raise PolicyError(f'{_DECODING}unknown field "{key}"')


def _require_integer(parent: Policies, key: str, place: str) -> None:
    value = parent.get(key)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return
    shown = f"number {value}" if isinstance(value, float) else kind(value)
    raise PolicyError(f"{_DECODING}cannot unmarshal {shown} into Go struct field {place} of type int")
