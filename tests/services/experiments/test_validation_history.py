"""The validations of an experiment that were better than all before them."""
from __future__ import annotations


def history(detached):
    return [one["searcherMetric"] for one in detached.get("/experiments/1/validation-history")["validationHistory"]]


def test_each_is_better_than_all_before(detached):
    trial = detached.trial()
    for step, loss in enumerate([3, 4, "NaN", 2, None, 2, 1]):
        detached.report(trial, step, "validation", second=step, loss=loss)
    assert history(detached) == [3, 2, 1]


def test_a_number_beyond_floats_of_32_bits_fails_at_its_place_in_the_text(detached):
    trial = detached.trial()
    detached.report(trial, 1, "validation", second=5, loss="Infinity")
    detached.report(trial, 2, "validation", second=19, loss=3.4e38)
    assert history(detached) == ["Infinity", 3.4e38]
    detached.report(trial, 3, "validation", second=27, loss=-1e300)
    assert detached.refusal("GET", "/experiments/1/validation-history") == (
        "500 error fetching validation history for experiment from database: 1: error running query: proto_experiment_validation_history: "
        "error converting row to Protobuf struct: proto:\u00a0(line 1:245): invalid value for float type: -1e+300")
