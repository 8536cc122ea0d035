"""Which of several real trials has the slots: the more urgent one, and none on a node that a log policy excludes."""
from __future__ import annotations

from typing import Any

import pytest

from tests.engine.local.test_trials import runs

pytestmark = pytest.mark.slow
UNLUCKY = {"hparams": {"crash_at": 1, "crashes": 1}, "max_restarts": 5,
           "log_policies": [{"name": "bad node", "pattern": "it bre.ks", "action": "exclude_node"}]}


@pytest.mark.parametrize("local", [{"scheduler": "preemption"}], indirect=True)
def test_an_urgent_trial_preempts_a_running_one_which_saves_and_goes_on_when_the_slot_is_free(local: Any) -> None:
    local.submit(hparams={"steps": 60, "seconds": 0.05}, resources={"priority": 50})
    local.wait(lambda: local.db.metrics.tally(trial_id=1) > 2)
    local.submit(resources={"priority": 10})
    assert local.wait_for_end(2) == "COMPLETED"
    reached = local.db.checkpoints.rows(trial_id=1)[0]["metadata"]["steps_completed"]
    assert runs(local)[0] == "allocation preempted after all resources exited: resources exited successfully with a zero exit code"
    assert "gracefully terminating allocation's remaining resources (reason: preempted by the scheduler)\n" in local.log()
    assert local.wait_for_end(1) == "COMPLETED"
    assert f"run 2 begins at {reached}\n" in local.log() and 2 < reached < 60
    assert (local.trial()["run_id"], local.trial()["restarts"]) == (2, 0)


@pytest.mark.parametrize("local", [{"agents": 2}], indirect=True)
def test_a_log_policy_keeps_a_trial_off_the_node_that_failed_it(local: Any) -> None:
    local.submit(**UNLUCKY)
    assert local.wait_for_end() == "COMPLETED"
    task = local.db.trial_tasks.one(trial_id=1)["task_id"]
    first, second = [list(row["agent_slots"]) for row in local.db.allocations.rows(task_id=task)]
    assert first != second and local.trial()["blocked_nodes"] == first
    assert f"therefore will not schedule on {first[0]}\n" in local.log()


def test_a_trial_that_no_node_may_run_ends_in_error(local: Any) -> None:
    local.submit(**UNLUCKY)
    assert local.wait_for_end() == "ERROR"
    assert (local.trial()["run_id"], local.trial()["restarts"]) == (1, 1)
