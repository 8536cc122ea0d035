"""A trial that waits for slots is one whose next run is asked for, as on the real master with a busy agent or none."""
from __future__ import annotations

import json
from typing import Any

import pytest

CONFIG = {"name": "e", "entrypoint": "true", "searcher": {"name": "single", "metric": "loss"}, "resources": {"slots_per_trial": 0}}


@pytest.fixture
def cluster(make_detached: Any) -> Any:
    return make_detached(trials="synthetic", agents=0)


def create(cluster: Any, **more: Any) -> int:
    body = {"config": json.dumps(CONFIG), "activate": True, **more}
    return int(cluster.post("/experiments", body)["experiment"]["id"])


def log(cluster: Any, trial: int = 1) -> list[str]:
    return [line["log"].partition(" (id:")[0].strip() for line in cluster.lines(f"/trials/{trial}/logs")]


def states(cluster: Any, trial: int = 1) -> list[tuple[str, str]]:
    task = cluster.get(f"/tasks/{cluster.show(trial)['taskId']}")["task"]
    return [(row["allocationId"].rpartition(".")[2], row["state"]) for row in task["allocations"]]


def test_the_run_that_a_trial_waits_for_has_its_number_and_its_line_in_the_log(cluster: Any) -> None:
    create(cluster)
    assert cluster.world.db.trials.row(1)["run_id"] == 1
    assert log(cluster) == ["Scheduling Trial 1 (Experiment 1)"]
    assert states(cluster) == [("1", "STATE_QUEUED")]


def test_a_trial_that_begins_paused_waits_for_nothing(cluster: Any) -> None:
    create(cluster, activate=False)
    assert (cluster.world.db.trials.row(1)["run_id"], log(cluster), states(cluster)) == (0, [], [])


@pytest.mark.parametrize("act, reason", [
    ("pause", "user requested pause"), ("cancel", "user requested cancellation"), ("kill", "user requested kill")])
def test_a_waiting_run_that_may_not_start_any_more_is_aborted(cluster: Any, act: str, reason: str) -> None:
    create(cluster)
    cluster.post(f"/experiments/1/{act}")
    assert log(cluster)[1:] == [f"Trial 1 (Experiment 1) was terminated: allocation aborted after exit before start: {reason}"]
    assert states(cluster) == [("1", "STATE_TERMINATED")]


def test_each_wait_is_for_a_run_of_its_own(cluster: Any) -> None:
    create(cluster)
    for act in ("pause", "activate"):
        cluster.post(f"/experiments/1/{act}")
    assert states(cluster) == [("1", "STATE_TERMINATED"), ("2", "STATE_QUEUED")]
    for act in ("pause", "kill"):
        cluster.post(f"/experiments/1/{act}")
    assert [line.startswith("Scheduling") for line in log(cluster)] == [True, False, True, False]
    assert states(cluster) == [("1", "STATE_TERMINATED"), ("2", "STATE_TERMINATED")]
    assert cluster.show(1)["wallClockTime"] == 0
