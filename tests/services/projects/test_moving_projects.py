"""Moving a project into another workspace."""
from __future__ import annotations


def test_its_own_workspace_has_a_project_of_that_name(detached):
    detached.post("/workspaces", {"name": "w"})
    detached.post("/workspaces/2/projects", {"name": "p", "workspaceId": 2})
    move = "POST", "/projects/2/move", {"destinationWorkspaceId": 2}
    assert detached.refusal(*move) == "500 project with name 'p' already exists in target workspace"
