"""A workspace's row as the Workspace message, seen by one user: pins are each user's own."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.services.users import agent_user_group
from fakedet.services.workspaces.storage_config import shown_storage

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]


def workspace_message(db: "Database", workspace: Row, user_id: int) -> dict[str, Any]:
    """The Workspace message as `user_id` sees it."""
    pin = db.workspace_pins.one(user_id=user_id, workspace_id=workspace["id"])
    projects = db.projects.rows(workspace_id=workspace["id"])
    return {
        **{name: workspace[name] for name in ("id", "name", "archived", "immutable", "user_id", "default_compute_pool",
                                              "default_aux_pool")},
        "username": db.users.row(workspace["user_id"])["username"],
        "num_projects": len(projects),
        "num_experiments": sum(db.experiments.tally(project_id=project["id"]) for project in projects),
        "pinned": pin is not None,
        "pinned_at": pin["created_at"] if pin else None,
        "state": state_name(workspace),
        "error_message": workspace["error_message"] or "",
        "agent_user_group": agent_user_group(workspace),
        "checkpoint_storage_config": shown_storage(workspace["checkpoint_storage_config"]),
    }


def state_name(row: Row) -> str:
    """The state of a workspace or project, which it only has while it is being deleted."""
    return "WORKSPACE_STATE_" + (row["state"] or "UNSPECIFIED")
