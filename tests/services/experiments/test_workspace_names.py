"""Configs that name a workspace which is not, or no longer, there (each case was asked of the real master)."""
from __future__ import annotations

import json

import pytest


@pytest.fixture
def elsewhere(idle):
    """Project 2 in workspace 2, `w`; experiments put there by its id."""
    idle.post("/workspaces", {"name": "w"})
    idle.post("/workspaces/2/projects", {"name": "p", "workspaceId": 2})
    return idle


def create(client, workspace, **more):
    return client.create(workspace=workspace, project="p", request={"projectId": 2, **more})


def test_a_managed_experiment_cannot_start(elsewhere):
    config = {"searcher": {"name": "single", "metric": "m"}, "entrypoint": "x", "workspace": "no", "project": "p",
              "resources": {"slots_per_trial": 0}}
    request = {"config": json.dumps(config), "projectId": 2}
    assert elsewhere.refusal("POST", "/experiments", request) == "500 failed to start experiment 1: error getting workspace: not found"
    assert (elsewhere.state(), elsewhere.trials()) == ("ERROR", [])


@pytest.mark.parametrize("more", [{"unmanaged": True}, {"validateOnly": True}])
def test_what_is_not_started_does_not_mind(elsewhere, more):
    create(elsewhere, "no", **more)


@pytest.mark.parametrize(("changes", "says"), [
    ({"resources": {"maxSlots": 3}}, "not found"),
    ({"resources": {"weight": 2.5}}, "cannot change experiment weight to 2.5: error getting workspace: not found"),
    ({"checkpointStorage": {"saveTrialBest": 3}}, "failed to get workspace w")])
def test_after_a_new_name_of_the_workspace_policies_cannot_be_looked_up(elsewhere, changes, says):
    create(elsewhere, "w")
    elsewhere.call("PATCH", "/workspaces/2", {"name": "renamed"})
    assert elsewhere.refusal("PATCH", "/experiments/1", {"notes": "kept", **changes}) == f"500 {says}"
    assert elsewhere.show()["notes"] == "kept"
    assert elsewhere.patch(resources={"priority": 3})["id"] == 1


def test_nor_can_the_experiment_be_continued(elsewhere):
    create(elsewhere, "w")
    elsewhere.call("PATCH", "/workspaces/2", {"name": "renamed"})
    elsewhere.go("kill")
    assert elsewhere.refusal("POST", "/experiments/continue", {"id": 1}) == "500 failed to get workspace w"
