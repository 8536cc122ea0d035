"""From the text of a config to the active one with its project: template, pool, slots, storage, defaults in the master's order.

Every objection is a plain error of the master (500) but where it names a status (master: core_experiment.go, parseCreateExperiment).
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain import config as configs
from fakedet.domain.errors import Internal, InvalidArgument, MasterError, NotFound, missing
from fakedet.domain.scenario import Scenario
from fakedet.engine import scheduler
from fakedet.engine.frameworks.checkpoint_files import check_wishes
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.checkpoints.warm_start import source_checkpoint
from fakedet.services.commands.names import random_name
from fakedet.services.config_scalars import ConfigTextError
from fakedet.services.config_text import read_config_text
from fakedet.services.experiments import policies

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
INVALID = "invalid experiment configuration: "
NOT_YAML = "unable to convert yaml to json: not valid yaml: error converting YAML to JSON: "
DEFAULT_PROJECT = 1
DEFAULT_POOL = "default"
#: What is said to a trial of several nodes and to one of a single node that asks for too much.
EXCEEDED = ("slots requested exceeds cluster capacity", "validating resources: request unfulfillable, please try requesting less slots")
#: What the master adds to every config below its own and the workspace's settings.
MASTER_DEFAULTS: dict[str, Any] = {"resources": {"priority": 42}, "preemption_timeout": 3600}


@dataclass(frozen=True)
class Configured:
    """The active config, the project it goes to, and the warnings for the client."""

    active: dict[str, Any]
    project: Row
    warnings: tuple[str, ...] = ()


def configured(call: Call, text: str, *, project_id: int, template: str | None, unmanaged: bool) -> Configured:
    """Everything that creating an experiment checks and decides."""
    try:
        return _configured(call, text, project_id, template, unmanaged)
    except (configs.ConfigError, configs.ConfigPanic) as error:
        raise Internal(str(error)) from None


def check_scenario(call: Call, config: Mapping[str, Any], definition: str) -> None:
    """What `data.fakedet` asks of synthetic trials must be possible; other trials do not read it."""
    if call.settings.trials != "synthetic":
        return
    try:
        Scenario.of(config)
        check_wishes(config, definition)
    except ValueError as error:
        raise InvalidArgument(INVALID + str(error)) from None


def warm_start(call: Call, found: Configured) -> str | None:
    """The checkpoint that the trials of the experiment will start from."""
    try:
        return source_checkpoint(call.db, found.active["searcher"])
    except MasterError as error:
        raise error.wrapped("failed to create experiment") from None


def in_pool(config: dict[str, Any]) -> dict[str, Any]:
    """The config of a managed experiment names the pool that it runs in."""
    resources = config["resources"]
    return {**config, "resources": {**resources, "resource_pool": resources["resource_pool"] or DEFAULT_POOL}}


def has_workspace(db: "Database", config: Mapping[str, Any]) -> bool:
    """Whether the workspace that the config names, if any, is there. An experiment may be in another one, or its own may be renamed."""
    name = config.get("workspace") or ""
    return not name or db.workspaces.tally(name=name) > 0


def _configured(call: Call, text: str, project_id: int, template: str | None, unmanaged: bool) -> Configured:
    config = _read(text)
    configs.refuse_slots(config)
    if template is not None:
        config = configs.merge(config, _template(call, template))
    filled = configs.fill(config)
    project = _project(call, project_id, filled)
    warnings = () if unmanaged else _check_resources(call, filled, project)
    if not unmanaged and filled.get("entrypoint") is None:
        raise Internal("managed experiments require entrypoint")
    active = _activated(call, config, project)
    return Configured(active if unmanaged else _as_searched(active), project, warnings)


def _read(text: str) -> dict[str, Any]:
    try:
        return configs.read(read_config_text(text))
    except ConfigTextError as error:
        raise Internal(INVALID + NOT_YAML + str(error)) from None
    except configs.ConfigError as error:
        raise Internal(INVALID + str(error)) from None


def _template(call: Call, name: str) -> dict[str, Any]:
    row = call.db.templates.one(name=name)
    if row is None:
        raise missing("template", name)
    return configs.read_template(name, row["config"])


def _project(call: Call, project_id: int, filled: Mapping[str, Any]) -> Row:
    """A project id beyond the default's wins over the names in the config."""
    if project_id > DEFAULT_PROJECT:
        return finding.project(call.db, project_id)
    workspace_name, project_name = filled.get("workspace") or "", filled.get("project") or ""
    if not workspace_name and not project_name:
        return finding.project(call.db, DEFAULT_PROJECT)
    if not (workspace_name and project_name):
        raise Internal("workspace and project must both be included in config if one is provided")
    workspace = call.db.workspaces.one(name=workspace_name)
    project = call.db.projects.one(workspace_id=workspace["id"], name=project_name) if workspace else None
    if project is None:
        raise NotFound(f"workspace/project '{workspace_name}/{project_name}' not found")
    return project


def _check_resources(call: Call, filled: Mapping[str, Any], project: Row) -> tuple[str, ...]:
    resources = filled.get("resources") or {}
    pool = resources.get("resource_pool") or ""
    if pool not in ("", DEFAULT_POOL):
        raise InvalidArgument(f"resource pool {pool} does not exist or is not available to workspace id {project['workspace_id']}"
                              ).wrapped("invalid resource configuration")
    if (resources.get("slots_per_trial") or 0) > _capacity(call, resources):
        raise Internal(f"invalid resource configuration: {EXCEEDED[bool(resources.get('is_single_node'))]}")
    return ()


def _capacity(call: Call, resources: Mapping[str, Any]) -> int:
    """The slots that one trial may ask for: where it stays on one node, all of the largest."""
    if resources.get("is_single_node"):
        return max((agent["slots"] for agent in call.db.agents.rows()), default=0)
    return scheduler.capacity(call.db)


def _activated(call: Call, config: dict[str, Any], project: Row) -> dict[str, Any]:
    storage = call.db.workspaces.row(project["workspace_id"])["checkpoint_storage_config"]
    own = [{"checkpoint_storage": _set_only(storage)}] if storage else []
    fragments = [*own, {"checkpoint_storage": call.world.storages.default_config()}, MASTER_DEFAULTS]
    config = policies.with_fixed(call.db, config, project["workspace_id"])
    return configs.activate(config, name=f"Experiment ({random_name(call.world)})", seed=call.now // 1_000_000, defaults=fragments)


def _as_searched(config: dict[str, Any]) -> dict[str, Any]:
    """Making the searcher of a managed experiment puts the brackets of its config in order, the longest first."""
    searcher = config["searcher"]
    if not searcher.get("bracket_rungs"):
        return config
    return {**config, "searcher": {**searcher, "bracket_rungs": sorted(searcher["bracket_rungs"], reverse=True)}}


def _set_only(section: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in section.items() if value is not None}
