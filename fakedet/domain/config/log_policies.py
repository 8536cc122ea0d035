"""Log policies: what happens when a line of a trial's log matches a pattern."""

from __future__ import annotations

import json as json_text
from typing import Any

from fakedet.domain.config.kinds import Kind, Text, inspect
from fakedet.domain.config.objects import Field, ListOf, Needed, Object, Shown
from fakedet.domain.config.problems import At, ConfigPanic, Problems, go_quote, json_type
from fakedet.domain.config.reading import ReadError, Reading, run_within

_ACTIONS = ("cancel_retries", "exclude_node")
_LEGACY = Object("LegacyAction", {"type": Needed(Text())})
_INCOMPLETE = '"name" must be set, and "pattern" is also required unless you intend to disable an existing policy'

DEFAULTS = [
    {"name": "CUDA OOM", "pattern": ".*CUDA out of memory.*"},
    {"name": "ECC Error", "pattern": ".*uncorrectable ECC error encountered.*"},
]


class Action(Kind):
    """`cancel_retries` or `exclude_node`; once written as `{type: cancel_retries}`."""

    json = ("string", "object")
    go = "expconf.LogActionV0"

    def problems(self, value: Any, at: At) -> Problems:
        if isinstance(value, dict) and value.get("type") in _ACTIONS:
            yield from inspect(_LEGACY, value, at)
        elif value not in _ACTIONS:
            yield at.says('must be one of "cancel_retries" or "exclude_node"')

    def read(self, value: Any, here: Reading) -> Any:
        word = value.get("type", "") if isinstance(value, dict) else value
        if word in _ACTIONS:
            return word
        data = go_quote(json_text.dumps(value, separators=(",", ":"), sort_keys=True))
        if not isinstance(value, (dict, str)):
            wrong = f"json: cannot unmarshal {json_type(value)} into Go value of type expconf.LegacyAction"
            raise ReadError(f"failed to unmarshal log action: {wrong}, data: {data}")
        age = "legacy action" if isinstance(value, dict) else "action"
        raise ReadError(f"unrecognized {age} type: {word}, data: {data}")


def _is_told(policy: dict[str, Any]) -> bool:
    return "name" in policy or ("pattern" in policy and "action" in policy)


POLICY = Object(
    "LogPolicyV0",
    {
        "name": Field(Text(), shown=Shown.IF_SET),
        "pattern": Field(Text(), shown=Shown.IF_SET),
        "action": Field(Action(), shown=Shown.IF_SET),
    },
    checks=[(_INCOMPLETE, _is_told)],
)


class LogPolicies(ListOf):
    """Policies by name, nameless old ones by what they do; the defaults come last and can be overridden by name."""

    def __init__(self) -> None:
        super().__init__(POLICY, go="expconf.DefaultParser")

    def read(self, value: Any, here: Reading) -> Any:
        return here.own(lambda inner: self._read(value))

    def _read(self, value: Any) -> Any:
        policies = run_within("failed to parse runtime items", lambda reading: ListOf.read(self, value, reading))
        names = [policy["name"] for policy in policies if "name" in policy]
        for number, name in enumerate(names):
            if name in names[:number]:
                raise ReadError(f"log_policies have duplicated names {go_quote(name)}")
        return policies

    def merge(self, high: list[Any], low: list[Any]) -> list[Any]:
        merged, seen = list(high), {_identity(policy) for policy in high}
        for policy in low:
            if _identity(policy) not in seen:
                merged.append(policy)
                seen.add(_identity(policy))
        return merged

    def fill(self, value: list[Any]) -> list[Any]:
        return self.merge(value, DEFAULTS)


def _identity(policy: dict[str, Any]) -> tuple[Any, ...]:
    if "name" not in policy and not {"action", "pattern"} <= policy.keys():
        raise ConfigPanic("runtime error: invalid memory address or nil pointer dereference")
    return (policy["name"],) if "name" in policy else (policy["action"], policy["pattern"])
