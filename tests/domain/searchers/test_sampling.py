"""Hyperparameters and trials drawn from a search space."""

from __future__ import annotations

import pytest

from fakedet.domain.searchers.random_state import RandomState
from fakedet.domain.searchers.sampling import SearchSpace, sample_all

SPACE = {
    "cat": {"type": "categorical", "vals": ["a", "b", "c"]},
    "const": "v",
    "double": {"type": "double", "minval": 0.2, "maxval": 0.8},
    "int": {"type": "int", "minval": 8, "maxval": 64},
    "log": {"type": "log", "base": 10, "minval": -4, "maxval": -1},
}


@pytest.mark.parametrize(
    ("seed", "earlier", "cat", "double", "integer", "log", "request_id", "trial_seed"),
    [
        (0, 0, "a", 0.5557067709350111, 8, 0.00643117205, "c3767d8b-677d-45d8-89a4-746cd3dea19f", 626610453),
        (0, 1, "c", 0.46255232675761554, 14, 0.000147958163, "8ccdcc45-3a39-4962-8142-487ae67daeca", 1340754471),
        (1, 0, "b", 0.7983108865633213, 16, 0.000100079039, "cbaa654d-851e-41ff-8fcb-9125c053703c", 396591248),
        (42, 0, "c", 0.6779257921161398, 22, 0.0157029709, "bcae4199-142c-4b98-a6d6-f02779182272", 669991378),
        (42, 1, "c", 0.23485016730091968, 31, 0.00100259569, "67eb9224-973e-44b5-82a0-a0a695064505", 242285876),
        (12345, 0, "c", 0.7340928285555939, 9, 0.000356251281, "fe0f5e34-7e51-41d3-a56d-569122423688", 410361373),
    ],
)
def test_a_seed_gives_the_trials_of_the_real_master(
    seed, earlier, cat, double, integer, log, request_id, trial_seed
):
    space = SearchSpace(SPACE, RandomState(seed))
    for _ in range(earlier):
        space.sampled_trial()
    trial = space.sampled_trial()
    assert (trial.request_id, trial.trial_seed) == (request_id, trial_seed)
    log_value = trial.hparams.pop("log")
    assert trial.hparams == {"cat": cat, "const": "v", "double": double, "int": integer}
    assert log_value == pytest.approx(log, rel=1e-8)


@pytest.mark.parametrize("value", [3, 0.5, "text", None, True, [1, 2], {"type": "const", "val": {"a": 1}}])
def test_a_constant_draws_nothing(value):
    random = RandomState(1)
    sampled = sample_all({"x": value}, random)["x"]
    assert sampled == (value["val"] if isinstance(value, dict) else value)
    assert random.draws == 0


def test_nested_hyperparameters_are_drawn_where_they_stand():
    sampled = sample_all({"net": {"deep": {"width": SPACE["int"]}, "empty": {}}}, RandomState(0))
    assert sampled["net"]["empty"] == {}
    assert 8 <= sampled["net"]["deep"]["width"] <= 64


def test_names_are_drawn_in_sorted_order():
    there, back = (dict.fromkeys(names, SPACE["double"]) for names in ("abc", "cba"))
    assert sample_all(there, RandomState(5)) == sample_all(back, RandomState(5))


def test_an_int_includes_both_ends():
    random = RandomState(2)
    hyperparameter = {"type": "int", "minval": -1, "maxval": 1}
    assert {sample_all({"x": hyperparameter}, random)["x"] for _ in range(50)} == {-1, 0, 1}
