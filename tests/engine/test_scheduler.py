"""Agents, slots, priorities and the queue decide which trials run."""
from __future__ import annotations

import json
from typing import Any

import pytest

from tests.services.conftest import Detached


def experiment(cluster: Detached, *, trials: int = 1, slots: int = 1, **resources: object) -> int:
    config = {"name": "e", "entrypoint": "true", "searcher": {"name": "random", "metric": "loss", "max_trials": trials},
              "hyperparameters": {"x": {"type": "double", "minval": 0, "maxval": 1}}, "min_validation_period": {"batches": 100},
              "data": {"fakedet": {"batches": 1000}}, "resources": {"slots_per_trial": slots, **resources}}
    number = cluster.post("/experiments", {"config": json.dumps(config), "activate": True})["experiment"]["id"]
    cluster.world.engine.advance(1)
    return number


def running(cluster: Detached) -> list[int]:
    """The experiment of each trial that has slots."""
    db = cluster.world.db
    tasks = [row["task_id"] for row in db.allocations.rows(state="RUNNING")]
    return sorted(db.trials.row(db.trial_tasks.one(task_id=task)["trial_id"])["experiment_id"] for task in tasks)


def test_trials_wait_until_slots_are_free(make_cluster: Any) -> None:
    cluster = make_cluster(slots=2)
    first, second = experiment(cluster, trials=2), experiment(cluster)
    assert running(cluster) == [first, first]
    cluster.post(f"/experiments/{first}/kill")
    cluster.world.engine.advance(1)
    assert running(cluster) == [second]


def test_a_smaller_trial_runs_before_a_bigger_one_that_does_not_fit(make_cluster: Any) -> None:
    cluster = make_cluster(slots=3)
    first, _big, small = experiment(cluster, slots=2), experiment(cluster, slots=3), experiment(cluster)
    assert running(cluster) == [first, small]


def test_the_queue_goes_by_priority_and_listens_to_its_change(make_cluster: Any) -> None:
    cluster = make_cluster()
    first, low, high = experiment(cluster), experiment(cluster, priority=50), experiment(cluster, priority=10)
    job = cluster.world.db.experiments.row(low)["job_id"]
    cluster.post("/job-queues", {"updates": [{"jobId": job, "priority": 5}]})
    cluster.post(f"/experiments/{first}/kill")
    cluster.world.engine.advance(1)
    assert running(cluster) == [low] and high


def test_with_preemption_the_urgent_takes_the_slots_and_the_other_goes_on_from_its_checkpoint(make_cluster: Any) -> None:
    cluster = make_cluster(scheduler="preemption")
    low = experiment(cluster, priority=50)
    cluster.world.engine.advance(60)
    high = experiment(cluster, priority=10)
    assert running(cluster) == [high]
    (trial,) = cluster.world.db.trials.rows(experiment_id=low)
    assert (trial["state"], trial["restarts"]) == ("ACTIVE", 0)
    cluster.post(f"/experiments/{high}/kill")
    cluster.world.engine.advance(3600)
    (trial,) = cluster.world.db.trials.rows(experiment_id=low)
    assert (trial["state"], trial["run_id"], trial["total_batches"]) == ("COMPLETED", 2, 1000)


def test_a_fair_share_divides_slots_among_jobs(make_cluster: Any) -> None:
    cluster = make_cluster(slots=4, scheduler="fair_share", agents=0)
    cluster.world.db.agents.insert({"agent_id": "a", "slots": 4, "enabled": False, "draining": False, "disabled_slots": [0, 1, 2, 3],
                                    "draining_slots": [], "resource_pool": "default", "registered_time": 0})
    first, second = experiment(cluster, trials=8, slots=0), experiment(cluster, trials=8, slots=0)
    for number in (first, second):
        config = cluster.world.db.experiments.row(number)["config"]
        cluster.world.db.experiments.change(number, config={**config, "resources": {**config["resources"], "slots_per_trial": 1}})
    cluster.post("/agents/a/enable")
    cluster.world.engine.advance(1)
    assert running(cluster) == [first, first, second, second]


@pytest.mark.parametrize("path, body, still", [
    ("/agents/agent1/disable", {}, 0), ("/agents/agent1/disable", {"drain": True}, 1),
    ("/agents/agent1/slots/0/disable", {}, 0), ("/agents/agent1/slots/0/disable", {"drain": True}, 1),
])
def test_what_is_disabled_kills_what_runs_there_unless_it_drains(make_cluster: Any, path: str, body: dict, still: int) -> None:
    cluster = make_cluster()
    number = experiment(cluster)
    cluster.post(path, body)
    cluster.world.engine.advance(1)
    assert len(running(cluster)) == still
    (trial,) = cluster.world.db.trials.rows(experiment_id=number)
    assert (trial["state"], trial["restarts"]) == ("ACTIVE", 0)
    cluster.post("/agents/agent1/enable")
    cluster.world.engine.advance(1)
    assert running(cluster) == [number]


def test_a_trial_of_many_slots_spreads_over_agents_that_show_it(make_cluster: Any) -> None:
    cluster = make_cluster(agents=3, slots=2)
    experiment(cluster, slots=4)
    agents = cluster.get("/agents")["agents"]
    assert sorted(len(agent["containers"]) for agent in agents) == [0, 1, 1]
    assert sum(slot["container"] is not None for agent in agents for slot in agent["slots"].values()) == 4


def test_the_pool_tells_how_it_schedules(make_cluster: Any) -> None:
    def pool(**settings: object) -> dict[str, Any]:
        return make_cluster(**settings).get("/resource-pools")["resourcePools"][0]

    assert pool()["details"]["priorityScheduler"]["preemption"] is False
    assert pool(scheduler="preemption")["details"]["priorityScheduler"]["preemption"] is True
    assert (pool(scheduler="fair_share")["schedulerType"], pool(scheduler="fair_share")["details"]["priorityScheduler"]) == (
        "SCHEDULER_TYPE_FAIR_SHARE", None)
