"""Setting, reading and removing policies of the cluster and of workspaces, for experiments and for commands (NTSC)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.config.experiment import EXPERIMENT
from fakedet.domain.config_policies import PolicyError, check_conflicts, check_policies
from fakedet.domain.errors import Internal, InvalidArgument, MasterError, NotFound, PermissionDenied
from fakedet.services import finding, rights
from fakedet.services.call import Call
from fakedet.services.config_policies.stored import CLUSTER, EXPERIMENTS, WORKLOADS, policies_of, scope_of
from fakedet.services.config_scalars import ConfigTextError
from fakedet.services.config_text import read_config_text
from fakedet.services.registry import rpc

Row = Mapping[str, Any]
NOT_FOR_COMMANDS = ("not supported: invariant config policies for tasks is not yet supported, \n\t\t  please remove \"invariant_config\" "
                    "section and try again.")
#: What a refusal calls each kind of policies, and the master's type of it.
NAMES = {"EXPERIMENT": ("experiment", "ExperimentConfigPolicies"), "NTSC": ("ntsc", "NTSCConfigPolicies")}


@rpc("GetGlobalConfigPolicies")
def get_global(call: Call, request: Any) -> dict[str, Any]:
    """The cluster's policies; anyone may read them."""
    return _read(call, CLUSTER, request.workload_type)


@rpc("GetWorkspaceConfigPolicies")
def get_of_workspace(call: Call, request: Any) -> dict[str, Any]:
    """A workspace's policies."""
    return _read(call, scope_of(_workspace(call, request.workspace_id)), request.workload_type)


@rpc("PutGlobalConfigPolicies")
def put_global(call: Call, request: Any) -> dict[str, Any]:
    """Replace the cluster's policies."""
    _require_admin(call)
    return _write(call, CLUSTER, request)


@rpc("PutWorkspaceConfigPolicies")
def put_of_workspace(call: Call, request: Any) -> dict[str, Any]:
    """Replace a workspace's policies, which must keep the cluster's limits too."""
    workspace = _workspace(call, request.workspace_id)
    _require_owner(call, workspace)
    if request.workload_type not in WORKLOADS:  # the cluster's limits are looked up first
        raise NotFound(f"error retrieving {request.workload_type} task config policies for workspace with ID 0: ERROR: "
                       f'invalid input value for enum workload_type: "{request.workload_type}" (SQLSTATE 22P02)')
    return _write(call, scope_of(workspace), request)


@rpc("DeleteGlobalConfigPolicies")
def delete_global(call: Call, request: Any) -> dict[str, Any]:
    """No policies of the cluster any more."""
    _require_admin(call)
    return _remove(call, CLUSTER, request.workload_type)


@rpc("DeleteWorkspaceConfigPolicies")
def delete_of_workspace(call: Call, request: Any) -> dict[str, Any]:
    """No policies of a workspace any more."""
    workspace = _workspace(call, request.workspace_id)
    _require_owner(call, workspace)
    return _remove(call, scope_of(workspace), request.workload_type)


def _read(call: Call, scope: str, workload: str) -> dict[str, Any]:
    if workload not in WORKLOADS:
        raise Internal(InvalidArgument(f"invalid workload type: {workload}.").as_go_text())
    policies = policies_of(call.db, scope, workload)
    named = {"invariant_config": policies.config, "constraints": policies.constraints}
    return {"config_policies": {name: value for name, value in named.items() if name in policies.parts}}


def _write(call: Call, scope: str, request: Any) -> dict[str, Any]:
    if request.workload_type not in WORKLOADS:
        raise InvalidArgument(f"invalid workload type: {request.workload_type}")
    if not request.config_policies:
        raise InvalidArgument("no specified config policies")
    policies = _checked(call, scope, request.workload_type, request.config_policies)
    _clear(call, scope, request.workload_type)
    call.db.config_policies.insert({
        "scope": scope, "workload_type": request.workload_type, "parts": sorted(policies), "invariant_config": policies.get("invariant_config"),
        "constraints": policies.get("constraints"), "updated_by": call.user["id"], "updated_at": call.now})
    return {"config_policies": policies}


def _checked(call: Call, scope: str, workload: str, text: str) -> dict[str, Any]:
    name, struct = NAMES[workload]
    refused = f"invalid {name} config policy"
    try:
        policies = read_config_text(text)
        check_policies(policies, struct, EXPERIMENT.fields)
    except ConfigTextError as error:
        raise InvalidArgument(f"{refused}: error converting YAML to JSON: {error}") from None
    except PolicyError as error:
        raise InvalidArgument(f"{refused}: {error}") from None
    policies = policies or {}
    if workload != EXPERIMENTS and policies.get("invariant_config") is not None:
        raise InvalidArgument(InvalidArgument(NOT_FOR_COMMANDS).as_go_text())
    _check_against(refused, "", policies.get("constraints"), policies)
    if scope != CLUSTER:
        limits = policies_of(call.db, CLUSTER, workload).constraints
        _check_against(refused, "workspace invariant_config conflicts with global constraints: ", limits, policies)
    found: dict[str, Any] = policies
    return found


def _check_against(refused: str, context: str, constraints: Any, policies: Mapping[str, Any]) -> None:
    try:
        check_conflicts(constraints, policies.get("invariant_config"))
    except PolicyError as error:
        raise InvalidArgument(InvalidArgument(f"{refused}: {context}{error}.").as_go_text()) from None


def _remove(call: Call, scope: str, workload: str) -> dict[str, Any]:
    if workload not in WORKLOADS:
        raise InvalidArgument(f"invalid workload type: {workload}.")
    _clear(call, scope, workload)
    return {}


def _clear(call: Call, scope: str, workload: str) -> None:
    for row in call.db.config_policies.rows(scope=scope, workload_type=workload):
        call.db.config_policies.delete(row["id"])


def _workspace(call: Call, number: int) -> Row:
    try:
        return finding.workspace(call.db, number)
    except MasterError as error:
        raise NotFound(error.as_go_text()) from None


def _require_admin(call: Call) -> None:
    rights.require_admin(call, PermissionDenied(rights.NO_PERMISSION).as_go_text())


def _require_owner(call: Call, workspace: Row) -> None:
    if workspace["user_id"] != call.user["id"]:
        rights.require_admin(call, "only admins may set config policies for workspaces")
