"""Config policies at work on experiments (each case was asked of the real master)."""
from __future__ import annotations

import json

import pytest

LIMIT = "400 requested {} exceeds limit set by admin [{}]: submitted workload failed {} constraint"


def set_policies(client, scope="global", **policies):
    body = {"configPolicies": json.dumps(policies), "workloadType": "EXPERIMENT"}
    client.call("PUT", f"/config-policies/{scope}/EXPERIMENT", body)


def refusal(client, **resources):
    config = {"entrypoint": "x", "searcher": {"name": "single", "metric": "m"}, "resources": {"slots_per_trial": 0, **resources}}
    return client.refusal("POST", "/experiments", {"config": json.dumps(config)})


def test_what_is_fixed_is_written_over_new_configs_the_clusters_last(idle):
    set_policies(idle, "workspaces/1", invariant_config={"description": "workspace", "max_restarts": 2})
    set_policies(idle, invariant_config={"description": "cluster", "checkpoint_storage": {"save_trial_best": 3}})
    idle.create(description="own", max_restarts=7)
    config = idle.show()["config"]
    assert (config["description"], config["max_restarts"], config["checkpoint_storage"]["save_trial_best"]) == ("cluster", 2, 3)


def test_limits_refuse_new_experiments(idle):
    set_policies(idle, constraints={"resources": {"max_slots": 5}, "priority_limit": 20})
    assert refusal(idle, max_slots=9) == LIMIT.format("resources.max_slots [9]", 5, "a resource")
    assert refusal(idle, priority=10) == LIMIT.format("priority [10]", 20, "priority")
    idle.create()


@pytest.mark.parametrize(("fixed", "changes", "says"), [
    ({"resources": {"weight": 9}}, {"resources": {"weight": 2}},
     "500 cannot change experiment weight to 2: weight is enforced as an invariant config policy of 9"),
    ({"resources": {"priority": 42}}, {"resources": {"priority": 5}},
     "500 cannot change experiment priority to 5: priority set by invariant config: priority cannot be modified"),
    ({"resources": {"max_slots": 3}}, {"resources": {"maxSlots": 4}},
     "400 max slots is already set in an invariant config policy:max_slots of 3 is enforced"),
    ({"checkpoint_storage": {"save_trial_best": 3}}, {"checkpointStorage": {"saveTrialBest": 2}},
     "500 save_trial_best is enforced as an invariant config policy of 3"),
])
def test_a_patch_may_not_change_what_is_fixed(idle, fixed, changes, says):
    set_policies(idle, invariant_config=fixed)
    idle.create()
    assert idle.refusal("PATCH", "/experiments/1", {"notes": "kept", **changes}) == says
    assert idle.show()["notes"] == "kept"


def test_nor_go_beyond_the_limits(idle):
    idle.create()
    set_policies(idle, constraints={"resources": {"max_slots": 5}, "priority_limit": 20})
    assert idle.refusal("PATCH", "/experiments/1", {"resources": {"maxSlots": 9}}) == (
        "400 requested slots is violates max slots constraint: 9 > 5")
    assert idle.refusal("PATCH", "/experiments/1", {"resources": {"priority": 10}}) == (
        "500 cannot change experiment priority to 10: priority exceeds task config policy's priority_limit")


def test_what_comes_before_a_refused_priority_stays_set(idle):
    idle.create()
    set_policies(idle, constraints={"priority_limit": 20})
    idle.refusal("PATCH", "/experiments/1", {"resources": {"weight": 9, "priority": 10}})
    assert (idle.show()["config"]["resources"]["weight"], idle.show()["config"]["resources"]["priority"]) == (9, 42)
