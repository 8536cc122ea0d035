"""Learning curves of synthetic trials."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakedet.engine.curves import LARGEST_LOSS, LearningCurves

GOOD = {"lr": 0.003}
BAD = {"lr": 1e-6}
TOO_HIGH = {"optimizer": {"learning_rate": 10.0}}

seeds = st.integers(0, 2**31 - 1)
steps = st.integers(0, 100_000)
values = st.one_of(st.floats(-1e6, 1e6), st.integers(-1000, 1000), st.booleans(), st.text(max_size=8), st.none())
hyperparameters = st.dictionaries(st.text(max_size=8), st.one_of(values, st.dictionaries(st.text(max_size=8), values)))
metrics = st.sampled_from(["loss", "val_loss", "accuracy", "validation_error", "perplexity", "reward", "anything"])


@given(hyperparameters, seeds, metrics, st.booleans(), steps)
def test_any_trial_has_finite_metrics_at_any_step(hparams, seed, metric, smaller_is_better, step):
    curves = LearningCurves.of(hparams, seed=seed, metric=metric, smaller_is_better=smaller_is_better)
    reported = {**curves.training(step), **curves.validation(step)}
    assert metric in reported
    assert all(math.isfinite(value) for value in reported.values())


@given(seeds, metrics, st.booleans())
def test_training_improves_the_metric_in_the_direction_asked_for(seed, metric, smaller_is_better):
    curves = LearningCurves.of(GOOD, seed=seed, metric=metric, smaller_is_better=smaller_is_better)
    early, late = curves.validation(5)[metric], curves.validation(900)[metric]
    assert (late < early) is smaller_is_better


@given(seeds, metrics, st.booleans())
def test_a_good_learning_rate_beats_a_bad_one(seed, metric, smaller_is_better):
    good, bad = (
        LearningCurves.of(hparams, seed=seed, metric=metric, smaller_is_better=smaller_is_better).validation(800)
        for hparams in (GOOD, BAD)
    )
    assert (good[metric] < bad[metric]) is smaller_is_better


@given(seeds)
def test_a_learning_rate_far_too_high_blows_up_after_a_while(seed):
    curves = LearningCurves.of(TOO_HIGH, seed=seed, metric="loss")
    assert curves.validation(10)["loss"] < 3
    assert 10 < curves.validation(1000)["loss"] <= LARGEST_LOSS
    assert curves.validation(1000)["accuracy"] < 0.2


@given(seeds, st.integers(1, 2000))
def test_loss_and_accuracy_agree(seed, step):
    record = LearningCurves.of(GOOD, seed=seed, metric="val_error").validation(step)
    assert record["val_error"] == pytest.approx(1 - record["val_accuracy"])


def test_a_curve_scales_with_the_horizon():
    short, long = (LearningCurves.of(GOOD, seed=1, metric="loss", horizon=horizon) for horizon in (10, 10_000))
    assert short.validation(5)["loss"] == pytest.approx(long.validation(5000)["loss"], rel=0.1)


def test_validations_are_noisy_but_calm_down():
    curves = LearningCurves.of({}, seed=3, metric="loss", horizon=10_000)

    def wobble(start: int) -> float:
        losses = [curves.training(step)["loss"] for step in range(start, start + 200)]
        return sum(abs(b - a) / a for a, b in zip(losses, losses[1:]))

    assert wobble(20_000) < wobble(0)


def test_some_trials_stall_some_overfit_and_some_do_not():
    shapes = [LearningCurves.of(GOOD, seed=seed, metric="loss").shape for seed in range(100)]
    assert 20 < sum(shape.plateau_length > 0 for shape in shapes) < 60
    assert 10 < sum(shape.overfitting > 0 for shape in shapes) < 50


@pytest.mark.parametrize(
    ("metric", "names"),
    [
        ("loss", {"loss", "accuracy"}),
        ("validation_loss", {"validation_loss", "validation_accuracy"}),
        ("val_f1", {"val_f1", "val_loss", "val_accuracy"}),
        ("eval/bleu", {"eval/bleu", "eval/loss", "eval/accuracy"}),
        ("mean reward", {"mean reward", "loss", "accuracy"}),
    ],
)
def test_a_loss_and_an_accuracy_stand_beside_the_searcher_metric(metric, names):
    assert set(LearningCurves.of(GOOD, seed=1, metric=metric).validation(1)) == names


@pytest.mark.parametrize(
    ("metric", "smaller_is_better", "low", "high"),
    [
        ("accuracy", False, 0, 1),
        ("f1", False, 0, 1),
        ("accuracy", True, 0, 1),
        ("top_1_error", True, 0, 1),
        ("loss", True, 0, 3),
        ("neg_loss", False, -3, 0),
        ("reward", False, -3, 0),
        ("perplexity", True, 1, 15),
    ],
)
def test_a_name_chooses_the_scale(metric, smaller_is_better, low, high):
    curves = LearningCurves.of(GOOD, seed=5, metric=metric, smaller_is_better=smaller_is_better)
    assert all(low <= curves.validation(step)[metric] <= high for step in range(0, 2000, 50))


def test_the_numbers_are_the_same_on_every_python_and_platform():
    curves = LearningCurves.of({"lr": 0.01, "net": {"width": 64, "act": "relu"}}, seed=42, metric="val_loss")
    assert curves.validation(100) == {"val_loss": 1.3855201858309425, "val_accuracy": 0.49411958096243264}
    assert curves.training(100) == {"loss": 1.2971517466868432, "accuracy": 0.5109742414932515}
