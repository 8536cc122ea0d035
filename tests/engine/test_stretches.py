"""Trials that run side by side leave what they would have left if each of their reports had been stored when it came."""
from __future__ import annotations

import json
from typing import Any

import pytest

from fakedet.domain.summary_metrics import Report, recomputed
from fakedet.services.metrics import archiving, best

ASHA = {"name": "adaptive_asha", "max_trials": 12, "max_time": 1600, "time_metric": "batches"}
FAILING = {"batches": 700, "failures": [{"batch": 250, "times": 2, "trials": [2]}], "stragglers": {"share": 0.5}}


@pytest.fixture(params=[(ASHA, "none", {}), (ASHA, "best", {}), ({"name": "random", "max_trials": 4}, "all", FAILING),
                        ({"name": "random", "max_trials": 4}, "best", {"batches": 1500, "groups": ["test"], "system_metrics": True})],
                ids=["asha", "asha-best", "failures", "groups"])
def db(request: Any, make_detached: Any) -> Any:
    searcher, policy, scenario = request.param
    cluster = make_detached(trials="synthetic", agents=1, slots=3, storage="memory")
    config = {"name": "e", "entrypoint": "true", "searcher": {**searcher, "metric": "loss"}, "checkpoint_policy": policy,
              "hyperparameters": {"lr": {"type": "log", "base": 10, "minval": -5, "maxval": 0}}, "resources": {"slots_per_trial": 1},
              "min_validation_period": {"batches": 100}, "data": {"fakedet": scenario}}
    cluster.post("/experiments", {"config": json.dumps(config), "activate": True})
    return cluster.world.db


def test_reports_are_stored_in_the_order_of_time_whichever_trial_they_are_of(db: Any) -> None:
    times = [row["end_time"] for row in db.metrics.rows()]
    trials = [row["trial_id"] for row in db.metrics.rows()]
    assert times == sorted(times) and trials != sorted(trials)


def test_trials_remember_of_their_reports_what_reading_them_tells(db: Any) -> None:
    for trial in db.trials.rows():
        rows = archiving.live_rows(db, trial["id"])
        reports = [Report(row["group"], row["metrics"].get("validation_metrics") or row["metrics"]["avg_metrics"], row["end_time"]) for row in rows]
        assert trial["summary_metrics"] == recomputed(reports)
        assert trial["validations"] == best.read_anew(rows, best.goal_of(db, trial))
        assert trial["total_batches"] == max(row["total_batches"] for row in rows)
        assert trial["run_steps"] == archiving.run_steps(rows)


def test_the_searcher_has_heard_how_far_its_trials_came(db: Any) -> None:
    (experiment,) = db.experiments.rows()
    assert (experiment["state"], experiment["progress"]) == ("COMPLETED", 1.0)
    assert not db.timers.tally()


def test_each_report_has_its_line_in_the_log_at_its_time(db: Any) -> None:
    from fakedet.domain.log_segments import unpacked

    lines = [line for segment in db.log_segments.rows() for line in unpacked(segment)] + db.task_logs.rows()
    told = sorted((line["task_id"], line["timestamp"]) for line in lines if "report_" in line["log"] and "determined.core" in line["log"])
    tasks = {link["trial_id"]: link["task_id"] for link in db.trial_tasks.rows()}
    assert told == sorted((tasks[row["trial_id"]], row["end_time"]) for row in db.metrics.rows() if row["total_batches"] is not None)
