"""Columns of a project's tables and the ranges of its metrics: what the recordings do not show."""
from __future__ import annotations

import json

import pytest

MANAGED = {"name": "m", "entrypoint": "python3 train.py", "resources": {"slots_per_trial": 0}, "searcher": {"name": "single", "metric": "loss"}}


def columns(client, table="RUN", project=1):
    """Those after the fixed ones, name -> types."""
    found: dict[str, list[str]] = {}
    for column in client.get(f"/projects/{project}/columns", tableType=f"TABLE_TYPE_{table}")["columns"]:
        if not column["displayName"]:
            found.setdefault(column["column"], []).append(column["type"].removeprefix("COLUMN_TYPE_"))
    return found


def values(client, key, project=1):
    return client.get(f"/projects/{project}/metadata/{key}")["values"]


def managed(client, hyperparameters):
    config = {**MANAGED, "hyperparameters": hyperparameters}
    return client.post("/experiments", {"config": json.dumps(config), "modelDefinition": [], "activate": False})["experiment"]["id"]


def test_a_metric_of_two_types_is_of_none_and_has_only_a_last_value(detached):
    for value in (1, "word"):
        detached.report(detached.trial(), 1, "custom", x=value)
    assert columns(detached) == {"custom.x.last": ["UNSPECIFIED"]}


def test_a_table_of_experiments_shows_the_metrics_of_their_best_trials_only(detached):
    experiment = detached.experiment("random")
    detached.report(detached.trial(experiment), 1, "validation", loss=1)
    detached.report(detached.trial(experiment), 1, "validation", loss=2, other=1)
    assert all(name.startswith("validation.loss") for name in columns(detached, "EXPERIMENT"))
    assert any(name.startswith("validation.other") for name in columns(detached))


@pytest.mark.parametrize(("value", "kind"), [
    (1, "NUMBER"), ("word", "TEXT"), (True, "UNSPECIFIED"), (None, "UNSPECIFIED"), ({"type": "log", "base": 10, "minval": 1, "maxval": 2}, "NUMBER"),
    ({"type": "categorical", "vals": [1, 2]}, "UNSPECIFIED"), ([1, 2], "UNSPECIFIED")])
def test_a_hyperparameter_has_the_type_of_its_definition_and_the_first_experiment_counts(detached, value, kind):
    for definition in (value, "later"):
        managed(detached, {"net": {"x": definition}})
    assert columns(detached, "EXPERIMENT")["hp.net.x"] == [kind]


def test_hyperparameters_of_runs_are_those_of_managed_ones_by_the_type_of_their_values(detached):
    managed(detached, {"x": 1, "net": {"deep": {"y": True}}})
    managed(detached, {"x": "word"})
    detached.trial(z=1)
    assert columns(detached) == {"hp.x": ["NUMBER", "TEXT"], "hp.deep.y": ["TEXT"]}


def test_hyperparameters_move_with_their_runs_but_metadata_stay_where_they_were_noted(two):
    managed(two, {"x": 1})
    two.post("/runs/1/metadata", {"metadata": {"note": "here", "n": 1}})
    two.post("/runs/move", {"sourceProjectId": 1, "destinationProjectId": 2, "runIds": [1]})
    assert columns(two, project=2) == {"hp.x": ["NUMBER"]}
    assert columns(two) == {"metadata.n": ["NUMBER"], "metadata.note": ["TEXT"]}
    assert values(two, "note") == ["here"] and values(two, "note", project=2) == []
    two.post("/runs/1/metadata", {"metadata": {"note": "there"}})
    assert values(two, "note") == [] and values(two, "note", project=2) == ["there"]


def test_values_of_metadata_are_texts_each_once_also_within_lists(detached):
    for note in ("b", "a", "b", ["c", {"d": 1}], 3, True, None, "2024-01-02"):
        detached.post(f"/runs/{detached.trial()}/metadata", {"metadata": {"note": note}})
    assert sorted(values(detached, "note")) == ["a", "b", "c", '{"d":1}']
    assert values(detached, "other") == []


def test_ranges_span_the_best_trials_and_pass_over_what_is_no_number(detached):
    for loss, other in ((0.5, 3), (2, "NaN"), (0.25, "word")):
        detached.report(detached.trial(), 1, "validation", loss=loss, other=other)
    ranges = {found["metricsName"]: (found["min"], found["max"]) for found in detached.get("/projects/1/experiments/metric-ranges")["ranges"]}
    assert ranges["validation.loss.mean"] == ranges["searcherMetricsVal"] == (0.25, 2)
    assert ranges["validation.other.last"] == (3, 3)


@pytest.mark.parametrize("path", ["columns", "experiments/metric-ranges", "metadata/x"])
def test_a_project_that_is_not_there_is_not_found(detached, path):
    assert detached.refusal("GET", f"/projects/9/{path}") == "404 project '9' not found"
