"""The policies as they are stored, and the limits that count in a workspace (master: configpolicy/task_config_policy.go)."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.config_policies import merged_constraints
from fakedet.domain.errors import InvalidArgument

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
CLUSTER = ""
EXPERIMENTS, COMMANDS = "EXPERIMENT", "NTSC"
WORKLOADS = (EXPERIMENTS, COMMANDS)


@dataclass(frozen=True)
class Policies:
    """The policies of one scope for one kind of workloads; `parts` names those that were set, be it to null."""

    parts: tuple[str, ...] = ()
    config: Mapping[str, Any] | None = None
    constraints: Mapping[str, Any] | None = None


def scope_of(workspace: Row) -> str:
    """The scope of a workspace's policies."""
    return str(workspace["id"])


def policies_of(db: "Database", scope: str, workload: str) -> Policies:
    """What is stored, empty if nothing is."""
    row = db.config_policies.one(scope=scope, workload_type=workload)
    return Policies() if row is None else Policies(tuple(row["parts"]), row["invariant_config"], row["constraints"])


def check_limits(db: "Database", workspace_id: int, workload: str, *, slots: tuple[int | None, ...], max_slots: int | None,
                 priority: int | None, context: str = "failed constraint check: ") -> None:
    """Raise InvalidArgument if what is asked for goes beyond the limits of the workspace or the cluster."""
    most, limit = merged_constraints(policies_of(db, str(workspace_id), workload).constraints, policies_of(db, CLUSTER, workload).constraints)
    for name, asked in (*(("slots", number) for number in slots), ("max_slots", max_slots)):
        if most is not None and asked is not None and asked > most:
            raise InvalidArgument(f"{context}requested resources.{name} [{asked}] exceeds limit set by admin [{most}]: "
                                  "submitted workload failed a resource constraint")
    if limit is not None and priority is not None and priority < limit:
        raise InvalidArgument(f"{context}requested priority [{priority}] exceeds limit set by admin [{limit}]: "
                              "submitted workload failed priority constraint")
