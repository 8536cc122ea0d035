"""Synthetic trials do what the scenario of their configuration says."""
from __future__ import annotations

import json
import math
from typing import Any

import pytest

RATE = {"lr": {"type": "log", "base": 10, "minval": -5, "maxval": 0}}
SMOOTH = {"noise": 0, "plateau": False, "overfits": False, "diverges": False}


@pytest.fixture
def cluster(make_detached: Any) -> Any:
    return make_detached(trials="synthetic", agents=1, slots=4, storage="memory")


def config(scenario: Any = None, *, trials: int = 1, **more: Any) -> str:
    searcher = {"name": "random", "metric": "loss", "max_trials": trials}
    return json.dumps({"name": "e", "entrypoint": "true", "searcher": searcher, "hyperparameters": RATE, "min_validation_period": {"batches": 100},
                       "resources": {"slots_per_trial": 1}, "data": {"fakedet": scenario if scenario is not None else {}}, **more})


def ran(cluster: Any, scenario: Any = None, **more: Any) -> list[dict[str, Any]]:
    """The trials of an experiment that has come to its end."""
    number = cluster.post("/experiments", {"config": config(scenario, **more), "activate": True})["experiment"]["id"]
    return cluster.world.db.trials.rows(experiment_id=number)


def reports(cluster: Any, trial: dict[str, Any], group: str) -> list[dict[str, Any]]:
    rows = cluster.world.db.metrics.rows(trial_id=trial["id"], group=group, archived=False)
    return [row["metrics"].get("validation_metrics") or row["metrics"].get("avg_metrics") or row["metrics"] for row in rows]


def losses(cluster: Any, scenario: dict[str, Any]) -> list[float]:
    (trial,) = ran(cluster, {"batches": 1000, **scenario}, min_validation_period={"batches": 20}, checkpoint_policy="none")
    return [report["loss"] for report in reports(cluster, trial, "validation")]


def test_a_failing_run_is_started_again_at_the_latest_checkpoint(cluster: Any) -> None:
    (trial,) = ran(cluster, {"batches": 300, "failures": [{"batch": 250, "times": 2, "log": "ValueError: oh no"}]}, checkpoint_policy="all")
    assert (trial["state"], trial["restarts"], trial["run_id"], trial["total_batches"]) == ("COMPLETED", 2, 3, 300)
    assert [report["batches"] for report in reports(cluster, trial, "validation")] == [100, 200, 300]
    log = [line["log"] for line in cluster.lines(f"/trials/{trial['id']}/logs")]
    assert log.count("ValueError: oh no\n") == 2


def test_too_many_failures_end_the_trial_but_not_the_others(cluster: Any) -> None:
    good, bad = ran(cluster, {"batches": 300, "failures": [{"batch": 1, "trials": [2]}]}, trials=2, max_restarts=1)
    assert (good["state"], bad["state"], bad["restarts"]) == ("COMPLETED", "ERROR", 2)
    assert cluster.get(f"/trials/{bad['id']}")["trial"]["restarts"] == 1
    assert cluster.world.db.experiments.row(good["experiment_id"])["state"] == "COMPLETED"


def test_running_out_of_memory_is_marked_by_its_log_policy(cluster: Any) -> None:
    (trial,) = ran(cluster, {"batches": 300, "out_of_memory": {"batch": 150, "times": 1}})
    assert (trial["state"], trial["restarts"]) == ("COMPLETED", 1)
    assert cluster.get(f"/trials/{trial['id']}")["trial"]["logPolicyMatched"] == "CUDA OOM"


def test_a_log_policy_can_cancel_the_retries(cluster: Any) -> None:
    policy = {"name": "CUDA OOM", "pattern": ".*CUDA out of memory.*", "action": "cancel_retries"}
    (trial,) = ran(cluster, {"batches": 300, "out_of_memory": 150}, log_policies=[policy])
    assert (trial["state"], trial["restarts"], trial["run_id"]) == ("ERROR", 0, 1)


def test_a_log_policy_can_keep_a_trial_off_an_agent(make_detached: Any) -> None:
    cluster = make_detached(trials="synthetic", agents=2, slots=1, storage="memory")
    policy = {"name": "bad node", "pattern": "ECC", "action": "exclude_node"}
    failures = [{"batch": 150, "times": 1, "log": "uncorrectable ECC error"}]
    (trial,) = ran(cluster, {"batches": 300, "failures": failures}, log_policies=[policy])
    runs = [list(row["agent_slots"]) for row in cluster.world.db.allocations.rows(task_id=cluster.show(trial["id"])["taskId"])]
    assert trial["blocked_nodes"] == runs[0] and runs[0] != runs[1]


def test_a_trial_that_log_policies_keep_off_all_agents_ends_in_error(cluster: Any) -> None:
    policy = {"name": "bad node", "pattern": "ECC", "action": "exclude_node"}
    failures = [{"batch": 150, "times": 1, "log": "uncorrectable ECC error"}]
    (trial,) = ran(cluster, {"batches": 300, "failures": failures}, log_policies=[policy])
    assert (trial["state"], trial["restarts"], trial["run_id"]) == ("ERROR", 1, 1)


def test_stragglers_take_longer(cluster: Any) -> None:
    trials = ran(cluster, {"batches": 300, "seconds_per_batch": 1, "stragglers": {"share": 0.5, "slowdown": 10}}, trials=12)
    allocations = [cluster.world.db.allocations.one(task_id=cluster.show(trial["id"])["taskId"]) for trial in trials]
    seconds = {round((row["end_time"] - row["start_time"]) / 1_000_000, -1) for row in allocations}
    assert seconds == {300, 3000} or {value // 100 for value in seconds} == {3, 30}


def test_reports_hold_batches_epochs_other_groups_and_the_profilers(cluster: Any) -> None:
    (trial,) = ran(cluster, {"batches": 200, "batch_metrics": True, "groups": ["test"], "system_metrics": True}, records_per_epoch=3200,
                   hyperparameters={"global_batch_size": 32})
    training = cluster.world.db.metrics.rows(trial_id=trial["id"], group="training")
    assert [len(row["metrics"]["batch_metrics"]) for row in training] == [100, 100]
    assert [(report["batches"], report["epochs"]) for report in reports(cluster, trial, "validation")] == [(100, 1), (200, 2)]
    assert len(reports(cluster, trial, "test")) == 2
    labels = cluster.lines(f"/trials/{trial['id']}/profiler/available_series")[0]["labels"]
    assert {label["name"] for label in labels} >= {"cpu_util_simple", "memory_free", "net_throughput_sent", "gpu_util", "disk_iops"}


def test_curves_can_be_smooth_flat_for_a_while_or_blow_up(cluster: Any) -> None:
    smooth = losses(cluster, SMOOTH)
    assert smooth == sorted(smooth, reverse=True)
    assert len(set(smooth)) == len(smooth)
    flat = losses(cluster, {**SMOOTH, "plateau": True})
    assert len(set(flat)) < len(flat)
    blown = losses(cluster, {**SMOOTH, "diverges": True})
    assert blown[-1] > 10 * min(blown)


@pytest.mark.parametrize("scenario", [{"framework": "jax"}, {"framework": "pytorch", "parameters": 7}, {"batchs": 1}, 7, {"failures": [{}]},
                                      {"framework": "pytorch", "parameters": {"w": [10**9]}}])
def test_a_scenario_that_cannot_be_is_refused_when_the_experiment_is_created(cluster: Any, scenario: Any) -> None:
    refusal = cluster.refusal("POST", "/experiments", {"config": config(scenario), "activate": True})
    assert refusal.startswith("400 invalid experiment configuration: data.fakedet")
    assert cluster.world.db.experiments.tally() == 0


@pytest.mark.parametrize("policy, steps", [("all", [100, 200, 300]), ("none", [300])])
def test_the_checkpoint_policy_says_what_a_validation_saves(cluster: Any, policy: str, steps: list[int]) -> None:
    (trial,) = ran(cluster, {"batches": 300}, checkpoint_policy=policy, checkpoint_storage={"save_trial_latest": 9})
    assert [row["metadata"]["steps_completed"] for row in cluster.world.db.checkpoints.rows(trial_id=trial["id"])] == steps


def test_the_policy_best_saves_what_is_better_than_all_before(cluster: Any) -> None:
    (trial,) = ran(cluster, {"batches": 2000, "noise": 8}, checkpoint_policy="best", checkpoint_storage={"save_trial_latest": 99})
    best, wanted = float("inf"), []
    for report in reports(cluster, trial, "validation"):
        if report["loss"] < best or report["batches"] == 2000:
            best, wanted = min(best, report["loss"]), [*wanted, report["batches"]]
    saved = [row["metadata"]["steps_completed"] for row in cluster.world.db.checkpoints.rows(trial_id=trial["id"])]
    assert saved == wanted and 2 < len(saved) < 20


def test_adaptive_asha_prefers_the_right_region(cluster: Any) -> None:
    searcher = {"name": "adaptive_asha", "metric": "loss", "max_trials": 40, "max_time": 1000, "time_metric": "batches"}
    trials = ran(cluster, searcher=searcher)
    longest = [trial["hparams"]["lr"] for trial in trials if trial["total_batches"] >= 1000]
    shortest = [trial["hparams"]["lr"] for trial in trials if trial["total_batches"] < 300]

    def decades_off(rates: list[float]) -> float:
        return sum(abs(math.log10(rate / 3e-3)) for rate in rates) / len(rates)

    assert len(longest) < len(trials) / 2
    assert decades_off(longest) < decades_off(shortest) / 2
