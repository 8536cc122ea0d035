"""Reporting with restarts of the trial and of the master, undone and restored, against a model that keeps every report in a list and counts anew."""
from __future__ import annotations

import contextlib
import copy
import math
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from fakedet.domain.errors import MasterError
from fakedet.domain.metric_groups import body_key
from fakedet.domain.searcher_metric import Goal
from fakedet.domain.summary_metrics import summary_key
from fakedet.services.metrics import reporting
from fakedet.services.metrics.best import validations_of
from fakedet.services.metrics.series import SeriesQuery, points
from fakedet.services.trials.creating import create_trial
from fakedet.services.trials.messages import trial_message
from fakedet.settings import Settings
from fakedet.world import World

GROUPS = ("training", "validation", "g", "h")
SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
LOSSES = st.one_of(st.integers(-3, 3), st.sampled_from(sorted(SPECIAL)), st.none(), st.just("absent"))


def place(value, sign):
    """Ascending as in the database: numbers, NaN, nothing."""
    number = SPECIAL.get(value, value)
    if number is None:
        return (2, 0)
    return (1, 0) if math.isnan(number) else (0, sign * number)


def kind(group):
    return group if group in ("training", "validation") else "generic"


class Reporting(RuleBasedStateMachine):
    """One trial; the model is `self.reports`, dicts with run, group, step, metrics and whether archived."""

    sign = 1

    def __init__(self):
        super().__init__()
        self.folder, self.kept = tempfile.TemporaryDirectory(), None
        self.open()
        number = self.db.experiments.insert({
            "project_id": 1, "unmanaged": True, "searcher": None, "state": "PAUSED", "best_trial_id": None, "end_time": None, "job_id": "j",
            "config": {"searcher": {"name": "random", "metric": "loss", "smaller_is_better": self.sign > 0}, "max_restarts": 5}})
        self.trial = create_trial(self.world, experiment=self.db.experiments.row(number), hparams={}, unmanaged=True)["id"]
        self.reports, self.run, self.clock, self.counted = [], 0, 0, {group: [] for group in GROUPS}

    def open(self):
        self.world = World(Settings.build({"agents": 0, "trials": "manual"}), directory=Path(self.folder.name))
        self.db = self.world.db

    def teardown(self):
        self.world.close()
        self.folder.cleanup()

    @rule()
    def restart(self):
        self.run += 1
        self.db.trials.change(self.trial, run_id=self.run)

    @rule()
    def restart_the_master(self):
        self.world.close()
        self.open()

    @rule()
    def keep(self):
        self.kept = self.world.snapshot(), copy.deepcopy((self.reports, self.run, self.clock, self.counted))

    @precondition(lambda self: self.kept)
    @rule()
    def restore(self):
        self.world.restore(self.kept[0])
        self.reports, self.run, self.clock, self.counted = copy.deepcopy(self.kept[1])

    @rule(group=st.sampled_from(GROUPS), step=st.integers(0, 6))
    def undo(self, group, step):
        """A report in a transaction that fails."""
        with contextlib.suppress(RuntimeError, MasterError), self.db.transaction():
            self.send(group, step, {"loss": 5, "n": 5})
            raise RuntimeError

    def send(self, group, step, metrics):
        reporting.report(self.world, trial=self.db.trials.row(self.trial), group=group, metrics={"avg_metrics": metrics, "batch_metrics": []},
                         trial_run_id=self.run, steps_completed=step, report_time=self.clock)

    @rule(group=st.sampled_from(GROUPS), step=st.integers(0, 6), loss=LOSSES, n=st.none() | st.integers(-4, 4))
    def report(self, group, step, loss, n):
        metrics = {**({} if loss == "absent" else {"loss": loss}), **({} if n is None else {"n": n})}
        live = [one for one in self.reports if not one["archived"]]
        overtaken = [one for one in live if one["run"] < self.run and (
            one["step"] >= step if kind(one["group"]) == kind(group) else one["step"] > step)]
        same = [one for one in live if one not in overtaken and (one["group"], one["step"]) == (group, step)]
        if any(name in one["metrics"] and one["metrics"][name] != value for one in same for name, value in metrics.items()):
            return
        self.clock += 1
        self.send(group, step, metrics)
        for one in overtaken:
            one["archived"] = True
        if same:
            same[0]["metrics"].update(metrics)
        else:
            self.reports.append({"run": self.run, "group": group, "step": step, "metrics": metrics, "archived": False, "time": self.clock})
        if overtaken:
            self.counted = {group: [one["metrics"]["n"] for one in self.live(group) if "n" in one["metrics"]] for group in GROUPS}
        else:
            self.counted[group] += [] if n is None else [n]

    def live(self, group=None):
        return [one for one in self.reports if not one["archived"] and group in (None, one["group"])]

    @invariant()
    def what_is_stored_is_what_the_model_has(self):
        stored = [(row["trial_run_id"], row["group"], row["total_batches"], row["metrics"][body_key(row["group"])], row["archived"])
                  for row in self.db.metrics.rows(trial_id=self.trial)]
        assert stored == [(one["run"], one["group"], one["step"], one["metrics"], one["archived"]) for one in self.reports]

    @invariant()
    def the_steps_of_the_trial_are_the_highest_that_are_left(self):
        assert self.db.trials.row(self.trial)["total_batches"] == max((one["step"] for one in self.live()), default=0)

    @invariant()
    def the_best_validation_is_the_first_of_the_best_that_are_left(self):
        having = [one for one in self.live("validation") if one["metrics"].get("loss") is not None]
        best = min(having, key=lambda one: place(one["metrics"]["loss"], self.sign), default=None)
        shown = trial_message(self.world, self.db.trials.row(self.trial))["best_validation"]
        assert (shown and shown["total_batches"], shown and shown["end_time"]) == (best and best["step"], best and best["time"])

    @invariant()
    def what_is_remembered_of_validations_is_what_reading_them_tells(self):
        trial = self.db.trials.row(self.trial)
        anew = validations_of(self.db, {**trial, "validations": None}, Goal("loss", self.sign))
        assert validations_of(self.db, trial, Goal("loss", self.sign)) == anew

    @invariant()
    def the_summary_has_the_groups_and_metrics_that_are_left(self):
        left = {}
        for one in self.live():
            left.setdefault(summary_key(one["group"]), set()).update(one["metrics"])
        summary = self.db.trials.row(self.trial)["summary_metrics"]
        assert {key: set(entries) for key, entries in summary.items() if entries} == {key: names for key, names in left.items() if names}

    @invariant()
    def the_statistics_of_numbers_are_those_of_all_reports_and_after_a_rollback_of_what_is_left(self):
        summary = self.db.trials.row(self.trial)["summary_metrics"]
        for group in GROUPS:
            entry = (summary.get(summary_key(group)) or {}).get("n")
            values = self.counted[group]  # a number that is reported again for its step counts again
            told = entry and {name: entry[name] for name in ("type", "count", "sum", "min", "max", "mean")}
            assert told == (values and {"type": "number", "count": len(values), "sum": sum(values), "min": min(values), "max": max(values),
                                        "mean": sum(values) / len(values)} or None)

    @invariant()
    def a_series_has_a_point_for_each_report_that_is_left(self):
        for group in GROUPS:
            found = points(self.db, self.db.trials.row(self.trial), SeriesQuery(group, ["n"], -1))
            expected = sorted((one["step"], one["metrics"].get("n")) for one in self.live(group))
            assert [(point["batches"], point["values"]["n"]) for point in found] == expected


class ReportingWhereLargerIsBetter(Reporting):
    sign = -1


TestReporting = Reporting.TestCase
TestReporting.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)
TestReportingWhereLargerIsBetter = ReportingWhereLargerIsBetter.TestCase
TestReportingWhereLargerIsBetter.settings = settings(max_examples=10, stateful_step_count=25, deadline=None)
