"""Acting on many runs: who is acted on, and what each run's result says. What the recordings of family runs hold is not told again."""
from __future__ import annotations

import json

import pytest

ACTS = ("kill", "delete", "archive", "unarchive", "pause", "resume")
MANAGED = {"name": "m", "entrypoint": "python3 train.py", "resources": {"slots_per_trial": 0}, "hyperparameters": {"x": 1},
           "searcher": {"name": "single", "metric": "loss"}}


def act(client, name, project=1, **chosen):
    """The results of a bulk action, id -> error."""
    found = client.post(f"/runs/{name}", {"projectId": project, **chosen})["results"]
    return {result["id"]: result["error"] for result in found}


def where(column, operator, value, **more):
    field = {"kind": "field", "columnName": column, "location": "LOCATION_TYPE_RUN", "operator": operator, "value": value}
    return json.dumps({"filterGroup": {"kind": "group", "conjunction": "and", "children": [field]}, **more})


def managed(client, **searcher):
    config = {**MANAGED, "searcher": {**MANAGED["searcher"], **searcher}}
    return client.post("/experiments", {"config": json.dumps(config), "modelDefinition": [], "activate": False})["experiment"]["id"]


@pytest.fixture
def ended(detached):
    """A client with a run that has ended."""
    detached.patch(detached.trial(), "COMPLETED")
    return detached


@pytest.mark.parametrize("name", ACTS)
def test_a_run_of_another_project_is_not_found(ended, name):
    place = "" if name == "kill" else " in project with id '7'"
    assert act(ended, name, project=7, runIds=[1]) == {1: f"Run with id '1' not found{place}"}


@pytest.mark.parametrize("name", ACTS)
def test_a_filter_that_finds_nothing_has_no_results(ended, name):
    assert act(ended, name, filter=where("id", ">", 1)) == {}


@pytest.mark.parametrize("name", ACTS)
def test_a_filter_hides_archived_runs_unless_it_shows_them(ended, name):
    act(ended, "archive", runIds=[1])
    assert act(ended, name, filter=where("id", "=", 1)) == {}
    assert list(act(ended, name, filter=where("id", "=", 1, showArchived=True))) == [1]


@pytest.mark.parametrize("name", [name for name in ACTS if name != "kill"])
def test_a_filter_beside_ids_is_refused(ended, name):
    sent = {"projectId": 1, "runIds": [1], "filter": where("id", "=", 1)}
    assert ended.refusal("POST", f"/runs/{name}", sent) == "500 if filter is provided run id list must be empty"


@pytest.mark.parametrize("name", ["pause", "resume"])
def test_pausing_runs_that_nobody_names_breaks_the_master(ended, name):
    assert ended.refusal("POST", f"/runs/{name}", {"projectId": 1}).startswith("500 runtime error: invalid memory address")


def test_an_absent_run_that_is_named_twice_is_told_twice(ended):
    assert len(ended.post("/runs/archive", {"projectId": 1, "runIds": [9, 9, 1, 1]})["results"]) == 3


def test_the_best_trial_that_is_deleted_leaves_the_next_best(detached):
    experiment = detached.experiment()
    for loss in (0.5, 0.1, 0.3):
        trial = detached.trial(experiment)
        detached.report(trial, 1, "validation", loss=loss)
        detached.patch(trial, "COMPLETED")
    assert act(detached, "delete", runIds=[2]) == {2: ""}
    best = detached.post("/experiments-search", {})["experiments"][0]["bestTrial"]
    assert best["id"] == 3


def test_checkpoints_outlive_their_run(ended):
    uuid = ended.checkpoint(1, 10, 1)
    act(ended, "delete", runIds=[1])
    assert ended.get(f"/checkpoints/{uuid}")["checkpoint"]["uuid"] == uuid


def test_a_run_of_an_archived_project_cannot_pause(two):
    managed(two)
    two.post("/runs/move", {"sourceProjectId": 1, "destinationProjectId": 2, "runIds": [1]})
    two.post("/projects/2/archive")
    assert act(two, "resume", project=2, runIds=[1]) == {1: "Run is archived."}


def test_of_several_runs_of_an_unmanaged_single_search_only_the_last_has_a_result(detached):
    experiment = detached.experiment("single")
    for _ in range(3):
        detached.trial(experiment)
    assert list(act(detached, "pause", runIds=[1, 2, 3])) == [3]


def test_pausing_and_resuming_a_run_is_pausing_and_resuming_its_experiment(detached):
    experiment = managed(detached)
    assert act(detached, "resume", runIds=[1]) == {1: ""}
    assert detached.get(f"/experiments/{experiment}")["experiment"]["state"] == "STATE_QUEUED"
    assert act(detached, "pause", runIds=[1]) == {1: ""}
    assert detached.get(f"/experiments/{experiment}")["experiment"]["state"] == "STATE_PAUSED"


def test_a_killed_run_of_several_ends_alone(detached):
    experiment = managed(detached, name="random", max_trials=2)
    assert act(detached, "kill", runIds=[1]) == {1: ""}
    assert [trial["state"] for trial in detached.get(f"/experiments/{experiment}/trials")["trials"]] == ["STATE_CANCELED", "STATE_PAUSED"]
