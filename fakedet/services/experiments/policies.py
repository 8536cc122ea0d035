"""What config policies do to experiments: they write over the configs of new ones, limit them, and fix what a patch would change.

Mirrors internal/configpolicy. The policies of the cluster count before those of the workspace. A patch is checked against the
workspace that the config names, its priority against the one that the experiment is in.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain import config as configs
from fakedet.domain.errors import Internal, InvalidArgument
from fakedet.domain.go_print import printed
from fakedet.services.config_policies.stored import CLUSTER, EXPERIMENTS, Policies, check_limits, policies_of

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
DEFAULT_WORKSPACE = 1


def with_fixed(db: "Database", config: dict[str, Any], workspace_id: int) -> dict[str, Any]:
    """A read config under what the workspace's and the cluster's policies fix."""
    for policies in reversed(_policies(db, workspace_id)):
        if policies.config:
            config = configs.merge(configs.read_fragment(policies.config), config)
    return config


def check_new(db: "Database", config: Mapping[str, Any], workspace_id: int) -> None:
    """Refuse a config beyond the limits."""
    resources = config["resources"]
    check_limits(db, workspace_id, EXPERIMENTS, slots=(resources["slots_per_trial"],), max_slots=resources["max_slots"],
                 priority=resources["priority"], context="")


def check_saved(db: "Database", config: Mapping[str, Any], numbers: Mapping[str, int]) -> None:
    """Refuse numbers of a GC policy other than those that are fixed."""
    for name, number in numbers.items():
        fixed = _fixed(db, _named_workspace(db, config), "checkpoint_storage", name)
        if fixed is not None and fixed != number:
            raise Internal(f"{name} is enforced as an invariant config policy of {fixed}")


def check_resources(db: "Database", experiment: Row, sent: Mapping[str, Any]) -> None:
    """Refuse slots, a weight or a priority that policies do not leave to anybody."""
    if "max_slots" in sent:
        _check_slots(db, experiment, sent["max_slots"])
    weight = _fixed(db, _named_workspace(db, experiment["config"]), "resources", "weight")
    if "weight" in sent and weight is not None and weight != sent["weight"]:
        raise Internal(f"cannot change experiment weight to {printed(sent['weight'])}: weight is enforced as an invariant config policy of "
                       f"{printed(weight)}")
    if "priority" in sent:
        _check_priority(db, experiment, sent["priority"])


def _check_slots(db: "Database", experiment: Row, slots: int) -> None:
    workspace_id = _named_workspace(db, experiment["config"])
    fixed, most = _fixed(db, workspace_id, "resources", "max_slots"), _limit(db, workspace_id, "resources", "max_slots")
    if fixed is not None and fixed != slots:
        raise InvalidArgument(f"max slots is already set in an invariant config policy:max_slots of {fixed} is enforced")
    if most is not None and slots > most:
        raise InvalidArgument(f"requested slots is violates max slots constraint: {slots} > {most}")


def _check_priority(db: "Database", experiment: Row, priority: int) -> None:
    refused = f"cannot change experiment priority to {priority}: "
    workspace_id = db.projects.row(experiment["project_id"])["workspace_id"]
    for policies in _policies(db, workspace_id):
        fixed = _within(policies.config, ("resources", "priority"))
        if fixed is not None and fixed == priority:
            return
        if fixed is not None:
            raise Internal(f"{refused}priority set by invariant config: priority cannot be modified")
    limit = _limit(db, workspace_id, "priority_limit")
    if limit is not None and priority < limit:
        raise Internal(f"{refused}priority exceeds task config policy's priority_limit")


def _policies(db: "Database", workspace_id: int) -> tuple[Policies, Policies]:
    return policies_of(db, CLUSTER, EXPERIMENTS), policies_of(db, str(workspace_id), EXPERIMENTS)


def _named_workspace(db: "Database", config: Mapping[str, Any]) -> int:
    named = db.workspaces.one(name=config.get("workspace") or "")
    return named["id"] if named else DEFAULT_WORKSPACE


def _fixed(db: "Database", workspace_id: int, *path: str) -> Any:
    return next((value for policies in _policies(db, workspace_id) if (value := _within(policies.config, path)) is not None), None)


def _limit(db: "Database", workspace_id: int, *path: str) -> Any:
    return next((value for policies in _policies(db, workspace_id) if (value := _within(policies.constraints, path)) is not None), None)


def _within(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = (value or {}).get(key)
    return value
