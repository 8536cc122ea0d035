"""Deleting a project with everything in it (master: api_project.go, deleteProject)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.errors import Internal
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.experiments.deleting import delete_experiment
from fakedet.services.projects import rules
from fakedet.services.registry import rpc

Row = Mapping[str, Any]


@rpc("DeleteProject")
def delete_project(call: Call, request: Any) -> dict[str, Any]:
    """Completed at once only where there was no experiment in it."""
    project = finding.project(call.db, request.id)
    rules.require_owner(call, project, "delete project")
    if project["immutable"]:
        raise Internal(f"project ({request.id}) does not exist or not deletable by this user: not found")
    return {"completed": delete_with_experiments(call, project)}


def delete_with_experiments(call: Call, project: Row) -> bool:
    """Delete the project and its experiments; whether it had none."""
    experiments = call.db.experiments.rows(project_id=project["id"])
    for experiment in experiments:
        delete_experiment(call.world, experiment, owner_id=call.user["id"])
    for seen in call.db.project_activity.rows(project_id=project["id"]):
        call.db.project_activity.delete(seen["id"])
    call.db.projects.delete(project["id"])
    return not experiments
