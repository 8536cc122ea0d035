"""The list of experiments with the metric of their best trials."""
from __future__ import annotations

import pytest


@pytest.fixture
def measured(detached):
    """Best metrics 2, NaN, none, 1, NaN, and infinity."""
    for value in (2, "NaN", None, 1, "NaN", "Infinity"):
        trial = detached.trial()
        if value is not None:
            detached.report(trial, 1, "validation", loss=value)
    return detached


def listed(client, order):
    query = {"sortBy": "SORT_BY_SEARCHER_METRIC_VAL", "orderBy": f"ORDER_BY_{order}", "showTrialData": "true"}
    return [(one["id"], one.get("bestTrialSearcherMetric")) for one in client.get("/experiments", **query)["experiments"]]


def test_nan_is_greater_than_all_numbers_and_nothing_comes_last(measured):
    assert listed(measured, "ASC") == [(4, 1), (1, 2), (6, "Infinity"), (2, "NaN"), (5, "NaN"), (3, None)]
    assert listed(measured, "DESC") == [(5, "NaN"), (2, "NaN"), (6, "Infinity"), (1, 2), (4, 1), (3, None)]
