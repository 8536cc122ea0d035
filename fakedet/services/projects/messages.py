"""A project's row as the Project message."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.services.workspaces.messages import state_name

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]


def project_message(db: "Database", project: Row, *, with_workspace: bool = True) -> dict[str, Any]:
    """The message; lists and creation leave the workspace's name blank."""
    workspace = db.workspaces.row(project["workspace_id"])
    experiments = db.experiments.rows(project_id=project["id"])
    return {
        **sparse_message(project),
        "archived": project["archived"] or workspace["archived"],
        "last_experiment_started_at": last_start(db, project),
        "notes": project["notes"],
        "num_experiments": len(experiments),
        "num_active_experiments": sum(row["state"] == "ACTIVE" for row in experiments),
        "num_runs": db.trials.tally(project_id=project["id"]),
        "username": db.users.row(project["user_id"])["username"],
        "user_id": project["user_id"],
        "workspace_name": workspace["name"] if with_workspace else "",
        "state": state_name(project),
        "error_message": project["error_message"] or "",
    }


def sparse_message(project: Row) -> dict[str, Any]:
    """What the master answers to a patch that changes nothing."""
    return {"description": project["description"] or "",
            **{name: project[name] for name in ("id", "name", "workspace_id", "key", "archived", "immutable")}}


def last_start(db: "Database", project: Row) -> int | None:
    """When the newest experiment of the project started."""
    return max((row["start_time"] for row in db.experiments.rows(project_id=project["id"])), default=None)
