"""Summaries of metrics: recordings metrics/summary_* and metrics/rollback, and their laws."""
from __future__ import annotations

import json
from functools import reduce
from pathlib import Path
from typing import Any, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakedet.domain.summary_metrics import Report, recomputed, type_of, with_report, with_reports

RECORDINGS = Path(__file__).parents[2] / "fixtures" / "golden" / "recordings" / "metrics"


def recorded(name: str) -> Iterator[tuple[list[tuple[str, dict[str, Any]]], dict[str, Any]]]:
    """Each summary that the master showed, after the reports that it had accepted of the trial."""
    reports: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for step in json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))["steps"]:
        path, reply = step["path"], step.get("reply")
        if step["method"] == "POST" and path.endswith("/metrics") and step["status"] == 200:
            metrics = step["body"]["metrics"]["metrics"]["avgMetrics"]
            reports.setdefault(path.split("/")[-2], []).append((step["body"]["group"], metrics))
        if step["method"] == "GET" and isinstance(reply, dict) and "trial" in reply:
            yield list(reports.get(path.split("/")[-1], ())), reply["trial"]["summaryMetrics"]


def summarized(reports) -> dict[str, Any]:
    return reduce(lambda summary, report: with_report(summary, *report), reports, {})


@pytest.mark.parametrize("name", ["summary_numbers", "summary_specials", "summary_types"])
def test_summaries_are_those_of_the_master(name):
    cases = list(recorded(name))
    assert cases
    for reports, summary in cases:
        assert summarized(reports) == summary


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, "number"),
        (0.5, "number"),
        ("NaN", "number"),
        ("-Infinity", "number"),
        ("nan", "string"),
        ("2024-01-02T03:04:05", "date"),
        ("2024-01-02T03:04:05.25+01:00", "date"),
        ("2024-01-02T03:04:05Z\n", "string"),
        ("2024-01-02", "string"),
        (True, "boolean"),
        (None, "null"),
        ([1], "array"),
        ({}, "object"),
    ],
)
def test_the_type_of_a_value(value, expected):
    assert type_of(value) == expected


def test_a_metric_that_changes_its_type_is_a_string_for_good():
    reports = [("training", {"m": 1}), ("training", {"m": None}), ("training", {"m": 2})]
    assert summarized(reports) == {"avg_metrics": {"m": {"type": "string", "last": 2}}}


def test_nothing_goes_below_minus_infinity_not_even_beside_nan():
    reports = [("g", {"m": "-Infinity"}), ("g", {"m": "NaN"})]
    expected = {"type": "number", "count": 2, "sum": "NaN", "mean": "NaN", "min": "-Infinity", "max": "NaN", "last": "NaN"}
    assert summarized(reports) == {"g": {"m": expected}}


def test_a_recomputed_summary_takes_last_from_the_latest_report_and_shows_nulls_for_what_is_no_number():
    reports = [Report("g", {"m": 1, "t": "a"}, 30), Report("g", {"m": 3}, 20), Report("training", {}, 10)]
    number = {"type": "number", "count": 2, "sum": 4.0, "mean": 2.0, "min": 1, "max": 3, "last": 1}
    text = {"type": "string", "count": None, "sum": None, "mean": None, "min": None, "max": None, "last": "a"}
    assert recomputed(reports) == {"g": {"m": number, "t": text}}


def test_a_recomputed_summary_lets_nan_win_over_infinities():
    reports = [Report("g", {"m": "-Infinity"}, 1), Report("g", {"m": "NaN"}, 2), Report("g", {"m": "Infinity"}, 3)]
    entry = recomputed(reports)["g"]["m"]
    assert (entry["min"], entry["max"], entry["sum"]) == ("NaN", "NaN", "NaN")


NUMBERS = st.integers(-1000, 1000) | st.floats(-1e6, 1e6)
METRICS = st.dictionaries(st.sampled_from("abc"), NUMBERS, min_size=1, max_size=3)
REPORTS = st.lists(st.tuples(st.sampled_from(["training", "validation", "g"]), METRICS), max_size=8)


@given(REPORTS)
def test_adding_reports_one_by_one_is_recomputing_them(reports):
    timed = [Report(group, metrics, time) for time, (group, metrics) in enumerate(reports)]
    assert summarized(reports) == recomputed(timed)


@given(REPORTS, METRICS)
def test_a_report_changes_no_other_group_and_not_the_summary_it_is_added_to(reports, metrics):
    before = summarized(reports)
    copy = json.loads(json.dumps(before))
    after = with_report(before, "training", metrics)
    assert before == copy
    assert {key: after[key] for key in before if key != "avg_metrics"} == {
        key: before[key] for key in before if key != "avg_metrics"
    }


ANY_VALUE = NUMBERS | st.sampled_from(["NaN", "Infinity", "-Infinity", "text", None, True, -0.0])
ANY_METRICS = st.dictionaries(st.sampled_from("ab"), ANY_VALUE, min_size=1, max_size=2)


@given(st.lists(ANY_METRICS, max_size=3), st.lists(ANY_METRICS, min_size=1, max_size=6))
def test_reports_added_together_are_reports_added_one_by_one(earlier, reports):
    before = summarized([("training", metrics) for metrics in earlier])
    one_by_one = reduce(lambda summary, metrics: with_report(summary, "training", metrics), reports, before)
    assert repr(with_reports(before, "training", reports)) == repr(one_by_one)


def test_whole_numbers_are_summed_as_doubles():
    entry = summarized([("training", {"a": 2**53}), ("training", {"a": 1}), ("training", {"a": 1})])["avg_metrics"]["a"]
    assert (entry["sum"], entry["mean"]) == (2**53, 2**53 / 3)
