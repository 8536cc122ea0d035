"""Runs that move are numbered anew in their new project."""
from __future__ import annotations

from tinydb.operations import delete


def move(client, *runs, source=1, target=2, **more):
    return client.post("/runs/move", {"sourceProjectId": source, "destinationProjectId": target, "runIds": runs, **more})["results"]


def names(client, project):
    return [run["localId"] for run in client.post("/runs", {"projectId": project})["runs"]]


def test_runs_of_several_experiments_that_move_together_are_numbered_by_id(two):
    one, other = two.experiment(), two.experiment()
    for experiment in (one, other, one, other):
        two.trial(experiment)
    move(two, 2, 1)
    assert names(two, 2) == ["ONE-1", "ONE-2", "ONE-3", "ONE-4"]


def test_a_run_that_is_put_away_moves_with_its_experiment_and_has_two_results(two):
    experiment = two.experiment()
    for trial in (two.trial(experiment), two.trial(experiment)):
        two.patch(trial, "COMPLETED")
    two.post("/runs/archive", {"projectId": 1, "runIds": [2]})
    results = sorted((result["id"], result["error"]) for result in move(two, 1, 2))
    assert results == [(1, ""), (2, ""), (2, "Run is archived.")]
    assert names(two, 2) == ["ONE-1", "ONE-2"]


def test_a_run_that_comes_back_has_a_new_number(two):
    for _ in range(3):
        two.trial()
    move(two, 1, 2)
    move(two, 2, source=2, target=3)
    move(two, 2, source=3, target=2)
    assert names(two, 2) == ["ONE-1", "ONE-3"]


def test_numbers_of_runs_that_left_come_back_once_an_experiment_without_runs_has_arrived(two):
    for _ in range(3):
        two.trial()
    move(two, 1, 2)
    move(two, 2, source=2, target=3)
    empty = two.experiment()
    two.post(f"/experiments/{empty}/move", {"experimentId": empty, "destinationProjectId": 2})
    move(two, 3)
    assert names(two, 2) == ["ONE-1", "ONE-2"]


def test_an_experiment_without_runs_can_be_moved_but_not_by_its_runs(two):
    experiment = two.experiment()
    two.post(f"/experiments/{experiment}/move", {"experimentId": experiment, "destinationProjectId": 2})
    assert names(two, 2) == [] and two.get("/projects/2")["project"]["numExperiments"] == 1


def test_nothing_moves_into_an_archived_project(two):
    two.trial()
    two.post("/projects/2/archive")
    assert two.refusal("POST", "/runs/move", {"sourceProjectId": 1, "destinationProjectId": 2, "runIds": [1]}) == (
        "500 project (2) is archived and cannot add new runs")
    assert two.refusal("POST", "/projects/1/experiments/move", {"projectId": 1, "experimentIds": [1], "destinationProjectId": 2}) == (
        "500 project (2) is archived and cannot add new experiments")


def test_experiments_that_are_not_there_are_told_as_often_as_they_are_named(two):
    two.trial()
    results = two.post("/projects/1/experiments/move", {"projectId": 1, "experimentIds": [9, 1, 9, 1], "destinationProjectId": 2})["results"]
    assert [result["id"] for result in results] == [9, 9, 1]


def test_experiments_that_move_take_their_runs_along_and_number_them(two):
    two.trial()
    two.post("/experiments/1/move", {"experimentId": 1, "destinationProjectId": 3})
    assert names(two, 3) == ["TWO-1"]


def test_projects_of_older_folders_count_on_from_their_highest_number(two):
    for _ in range(3):
        two.trial()
    move(two, 1, 2)
    two.world.db.projects.update(delete("max_local_id"))
    move(two, 3)
    assert names(two, 2) == ["ONE-1", "ONE-2", "ONE-3"]
