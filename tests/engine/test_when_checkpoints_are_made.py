"""The four situations of the guide in which a checkpoint is made, on a cluster whose virtual time the test moves."""
from __future__ import annotations

import json
from typing import Any

import pytest

from tests.services.conftest import Detached


def started(cluster: Detached, batches: int = 1000, **config: Any) -> int:
    """An experiment that runs now: its id. A batch takes a tenth of a second."""
    full = {"name": "e", "entrypoint": "true", "searcher": {"name": "single", "metric": "loss"}, "hyperparameters": {"x": 1},
            "scheduling_unit": 100, "checkpoint_policy": "none", "data": {"fakedet": {"batches": batches, "seconds_per_batch": 0.1}},
            "checkpoint_storage": {"type": "shared_fs", "host_path": "/c", "save_trial_latest": 100}, **config}
    number = int(cluster.post("/experiments", {"config": json.dumps(full), "activate": True})["experiment"]["id"])
    cluster.world.engine.advance(1)
    return number


def checkpoints(cluster: Detached, experiment: int) -> list[dict[str, Any]]:
    """The rows of all its checkpoints, oldest first."""
    db = cluster.world.db
    return [row for trial in db.trials.rows(experiment_id=experiment) for row in db.checkpoints.rows(trial_id=trial["id"])]


def steps(cluster: Detached, experiment: int) -> list[int]:
    return [row["metadata"]["steps_completed"] for row in checkpoints(cluster, experiment)]


def test_a_suspended_trial_saves_and_goes_on_from_there_on_another_agent(make_cluster: Any) -> None:
    cluster = make_cluster(storage="memory", agents=2)
    number = started(cluster)
    cluster.world.engine.advance(40)
    (trial,) = cluster.world.db.trials.rows(experiment_id=number)
    assert steps(cluster, number) == []
    first = next(agent for agent in cluster.get("/agents")["agents"] if agent["containers"])["id"]
    cluster.post(f"/experiments/{number}/pause")
    cluster.world.engine.advance(5)
    (saved,) = steps(cluster, number)
    assert 0 < saved < 1000
    cluster.post(f"/agents/{first}/disable", {})
    cluster.post(f"/experiments/{number}/activate")
    cluster.world.engine.advance(3600)
    (trial,) = cluster.world.db.trials.rows(experiment_id=number)
    assert (trial["state"], trial["restarts"], trial["run_id"]) == ("COMPLETED", 0, 2)
    assert steps(cluster, number) == [saved, 1000]
    tasks = cluster.world.db.trial_tasks.rows(trial_id=trial["id"])
    places = [next(iter(row["agent_slots"])) for task in tasks for row in cluster.world.db.allocations.rows(task_id=task["task_id"])]
    assert places[0] == first != places[1]


@pytest.mark.parametrize("period, expected", [
    ({"batches": 300}, [300, 600, 900, 1000]), ({"records": 8000}, [250, 500, 750, 1000]), ({"epochs": 4}, [400, 800, 1000])])
def test_a_trial_saves_whenever_the_minimal_checkpoint_period_is_over(make_cluster: Any, period: dict[str, int], expected: list[int]) -> None:
    cluster = make_cluster(storage="memory")
    number = started(cluster, min_checkpoint_period=period)
    cluster.world.engine.advance(3600)
    assert steps(cluster, number) == expected


def test_a_trial_that_has_trained_to_completion_saves_and_its_last_checkpoint_is_validated(make_cluster: Any) -> None:
    cluster = make_cluster(storage="memory")
    number = started(cluster, batches=250)
    cluster.world.engine.advance(3600)
    assert steps(cluster, number) == [250]
    (shown,) = cluster.get(f"/experiments/{number}/checkpoints")["checkpoints"]
    assert shown["training"]["searcherMetric"] is not None


def test_a_trial_that_the_search_method_stops_after_a_validation_has_saved_what_was_decided_upon(make_cluster: Any) -> None:
    cluster = make_cluster(storage="memory", slots=4)
    searcher = {"name": "async_halving", "metric": "loss", "max_trials": 8, "num_rungs": 3, "divisor": 2, "time_metric": "batches", "max_time": 1000}
    number = started(cluster, searcher=searcher, min_validation_period={"batches": 100}, checkpoint_policy="best",
                     hyperparameters={"lr": {"type": "log", "base": 10, "minval": -5, "maxval": 0}}, data={"fakedet": {"seconds_per_batch": 0.1}},
                     reproducibility={"experiment_seed": 3})
    cluster.world.engine.advance(7200)
    trials = cluster.world.db.trials.rows(experiment_id=number)
    ends = {trial["id"]: trial["total_batches"] for trial in trials}
    assert len(set(ends.values())) > 1, "no trial was stopped early"
    latest = {trial["id"]: max(row["metadata"]["steps_completed"] for row in cluster.world.db.checkpoints.rows(trial_id=trial["id"]))
              for trial in trials}
    assert latest == ends
