"""The configuration of a command: what is sent laid over a template over the defaults (master: api_command.go)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.config.commands import COMMAND, breaks_off
from fakedet.domain.config.problems import number_text
from fakedet.domain.config.reading import ReadError, run
from fakedet.domain.errors import InvalidArgument
from fakedet.domain.go_json_text import marshal
from fakedet.services.cluster.usage import POOL
from fakedet.services.commands.kinds import Kind

Config = dict[str, Any]


def asked_slots(sent: Mapping[str, Any], kind: Kind) -> int:
    """The slots that a configuration asks for; one that says nothing readable asks for one."""
    resources = _resources(sent)
    slots = None if breaks_off(resources) else resources.get("slots")
    if kind.without_slots:
        return 0
    return int(slots) if isinstance(slots, (int, float)) and not isinstance(slots, bool) and slots == int(slots) else 1


def asked_pool(sent: Mapping[str, Any]) -> str:
    """The pool that a configuration names, blank for the default."""
    pool = _resources(sent).get("resource_pool")
    return number_text(pool) if isinstance(pool, (int, float)) else pool if isinstance(pool, str) else ""


def full_config(template: Mapping[str, Any], sent: Mapping[str, Any], slots: int) -> Config:
    """What is sent over a template over the defaults."""
    below = run(lambda reading: COMMAND.read(template, reading))
    try:
        above = run(lambda reading: COMMAND.read(sent, reading), strict=True)
    except ReadError as error:
        raise InvalidArgument(f"unable to decode the merged config: {marshal(dict(sent))}: {error}") from None
    config = COMMAND.show(COMMAND.fill(COMMAND.merge(above, below)))
    config["resources"].update(slots=slots, resource_pool=POOL)
    return config


def _resources(sent: Mapping[str, Any]) -> Mapping[str, Any]:
    resources = sent.get("resources")
    return resources if isinstance(resources, Mapping) else {}
