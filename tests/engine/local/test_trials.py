"""Real scripts with the real client as processes of this machine: they run, save, leave, are killed and tried again."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow


def runs(local: Any, number: int = 1) -> list[str]:
    """How each run of a trial ended."""
    return [row["exit_reason"] for link in local.db.trial_tasks.rows(trial_id=number) for row in local.db.allocations.rows(task_id=link["task_id"])]


def test_a_core_api_script_runs_to_its_end(local: Any) -> None:
    local.submit(hparams={"steps": 3, "period": 2})
    assert local.wait_for_end() == "COMPLETED"
    trial = local.trial()
    assert (trial["state"], trial["restarts"], trial["run_id"], trial["total_batches"]) == ("COMPLETED", 0, 1, 3)
    saved = local.db.checkpoints.rows(trial_id=1)
    assert [row["metadata"]["steps_completed"] for row in saved] == [2, 3]
    assert local.db.experiments.row(1)["progress"] == 1
    assert local.db.allocation_sessions.tally() == 0


def test_a_paused_trial_saves_and_goes_on_from_there(local: Any) -> None:
    experiment = local.submit(hparams={"steps": 60, "seconds": 0.05})
    local.wait(lambda: local.db.metrics.tally(trial_id=1) > 2)
    experiment.pause()
    local.wait(lambda: runs(local)[0])
    assert runs(local) == ["allocation preempted after all resources exited: resources exited successfully with a zero exit code"]
    assert local.trial()["state"] == "PAUSED"
    reached = local.db.checkpoints.rows(trial_id=1)[-1]["metadata"]["steps_completed"]
    experiment.activate()
    assert local.wait_for_end() == "COMPLETED"
    assert f"run 2 begins at {reached}\n" in local.log()
    assert (local.trial()["run_id"], local.trial()["restarts"]) == (2, 0)


def test_a_killed_trial_is_gone_with_all_that_it_has_started(local: Any) -> None:
    experiment = local.submit("""
        import subprocess, time
        print("child", subprocess.Popen(["sleep", "100"], start_new_session=True).pid, flush=True)
        time.sleep(100)
        """)
    child = int(local.printed(r"child (\d+)")[1])
    experiment.kill()
    assert local.wait_for_end() == "CANCELED"
    assert not os.path.exists(f"/proc/{child}")
    assert "killed: resources failed with non-zero exit code: container failed with non-zero exit code: 137 (exit code 137)\n" in local.log()


def test_a_crashed_trial_goes_on_from_its_latest_checkpoint(local: Any) -> None:
    local.submit(hparams={"steps": 4, "period": 2, "crash_at": 3, "crashes": 1}, max_restarts=1)
    assert local.wait_for_end() == "COMPLETED"
    assert "run 2 begins at 2\n" in local.log()
    assert (local.trial()["run_id"], local.trial()["restarts"]) == (2, 1)


def test_a_trial_that_fails_too_often_ends_in_error(local: Any) -> None:
    local.submit("raise SystemExit(5)", max_restarts=1)
    assert local.wait_for_end() == "ERROR"
    assert (local.trial()["run_id"], local.trial()["restarts"]) == (2, 2)
    assert runs(local)[-1].endswith("(exit code 5)")


def test_a_log_policy_forbids_to_try_again(local: Any) -> None:
    local.submit(hparams={"crash_at": 1}, max_restarts=5, log_policies=[{"name": "hopeless", "pattern": "it bre.ks", "action": "cancel_retries"}])
    assert local.wait_for_end() == "ERROR"
    assert (local.trial()["run_id"], local.trial()["restarts"], local.trial()["log_policy_matched"]) == (1, 0, "hopeless")
    assert "trial failed and matched logs to a don't retry policy\n" in local.log()


@pytest.mark.parametrize("local", [2], indirect=True)
def test_a_search_runs_as_many_trials_at_once_as_there_are_slots(local: Any) -> None:
    local.submit(hparams={"offset": {"type": "double", "minval": 0, "maxval": 1}}, searcher={"name": "random", "metric": "loss", "max_trials": 3})
    assert local.wait_for_end() == "COMPLETED"
    assert [local.trial(number)["state"] for number in (1, 2, 3)] == ["COMPLETED"] * 3
    assert len({local.trial(number)["searcher_metric_value"] for number in (1, 2, 3)}) == 3


def test_the_context_the_startup_hook_and_the_environment_are_the_users(local: Any) -> None:
    folder: Path = local._folder
    (folder / "startup-hook.sh").write_text("export HOOKED=yes\n")
    (folder / "package").mkdir()
    (folder / "package" / "data.txt").write_text("42")
    local.submit("""
        import os, determined as det
        info = det.get_cluster_info()
        print("found", open("package/data.txt").read(), os.environ["HOOKED"], os.environ["MINE"], info.slot_ids, info.task_type, info.agent_id)
        """, environment={"environment_variables": ["MINE=here"]})
    assert local.wait_for_end() == "COMPLETED"
    assert "found 42 yes here [0] TRIAL agent1\n" in local.log()


def test_nothing_is_left_when_the_cluster_goes(local: Any) -> None:
    local.submit("import os, time\nprint('process', os.getpid(), os.getcwd(), flush=True)\ntime.sleep(100)")
    number, folder = local.printed(r"process (\d+) (.+)").groups()
    local.fake.world.close()
    assert not os.path.exists(f"/proc/{number}")
    assert not os.path.exists(folder)


def test_a_trial_that_does_not_leave_in_time_is_killed_and_stays_paused(local: Any) -> None:
    experiment = local.submit("import time\nprint('deaf', flush=True)\ntime.sleep(100)", preemption_timeout=1)
    local.printed("deaf")
    experiment.pause()
    local.wait(lambda: runs(local)[0])
    assert runs(local) == ["allocation killed after all resources exited: resources were killed"]
    assert "forcibly killing allocation's remaining resources (reason: allocation did not preempt in 1s)\n" in local.log()
    assert local.trial()["state"] == "PAUSED"


@pytest.mark.parametrize("local", [2], indirect=True)
def test_asynchronous_halving_hears_what_real_trials_report(local: Any) -> None:
    local.submit("""
        import determined as det
        from determined import core
        offset = det.get_cluster_info().trial.hparams["offset"]
        with core.init(tensorboard_mode=core.TensorboardMode.MANUAL) as context:
            for step in (1, 4):
                context.train.report_validation_metrics(step, {"loss": offset, "step": step})
        """, hparams={"offset": {"type": "double", "minval": 0, "maxval": 1}},
        searcher={"name": "adaptive_asha", "metric": "loss", "max_trials": 3, "time_metric": "step", "max_time": 4, "divisor": 4})
    assert local.wait_for_end() == "COMPLETED"
    assert [row["state"] for row in local.db.trials.rows()] == ["COMPLETED"] * 3
