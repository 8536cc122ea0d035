"""The place of an experiment in the queue, and what the queue tells of it."""
from __future__ import annotations


def ahead(client, experiment):
    return client.get(f"/experiments/{experiment}")["jobSummary"]["jobsAhead"]


def test_a_continued_experiment_waits_behind_the_others(idle):
    for _ in range(3):
        idle.create(activate=True)
        idle.world.clock.move_to(idle.world.now() + 1)
    idle.go("kill", 1)
    idle.post("/experiments/continue", {"id": 1})
    assert [ahead(idle, experiment) for experiment in (2, 3, 1)] == [0, 1, 2]


def test_the_queue_tells_the_workspace_that_an_experiment_began_in(idle):
    idle.create(activate=True)
    idle.post("/workspaces", {"name": "w"})
    idle.post("/workspaces/2/projects", {"name": "p", "workspaceId": 2})
    idle.post("/experiments/1/move", {"destinationProjectId": 2})
    [job] = idle.get("/job-queues-v2", resourcePool="default")["jobs"]
    assert (job["full"]["workspaceId"], idle.show()["workspaceId"]) == (1, 2)


def test_the_queue_tells_how_far_the_search_is(idle):
    idle.search(2, activate=True)
    idle.post("/trials/1/kill")
    [job] = idle.get("/job-queues-v2", resourcePool="default")["jobs"]
    assert job["full"]["progress"] == 0.5


def test_days_of_log_retention_have_16_bits(idle):
    idle.create()
    idle.go("kill")
    assert idle.refusal("PUT", "/experiments/1/retain_logs", {"numDays": 40000}).endswith("log_retention_days: must be >= -1 but found -25536")


def test_an_unmanaged_experiment_that_runs_in_a_pool_that_is_not_there_cannot_be_shown(idle):
    idle.create(request={"unmanaged": True}, resources={"resource_pool": "gpu"})
    idle.post("/trials", {"experimentId": 1, "hparams": {}, "unmanaged": True})
    assert idle.state() == "PAUSED"
    idle.call("PATCH", "/trials/1", {"state": "STATE_RUNNING"})
    assert idle.refusal("GET", "/experiments/1") == "500 cannot find resource pool gpu"
