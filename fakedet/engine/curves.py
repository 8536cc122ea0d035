"""Learning curves of synthetic trials: metrics as pure functions of seed, hyperparameters and step.

One latent skill rises with the steps (fast first, sometimes over a plateau, sometimes overfitting, sometimes blowing
up) and every metric is a view of it, so that loss and accuracy agree. Better trials are better in the direction that
the searcher asks for. Exact arithmetic and keyed chance only: the same numbers on every platform.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fakedet.engine.chance import bell, between, uniform
from fakedet.engine.fitness import Fitness, fitness_of
from fakedet.engine.metric_views import View, companion_names, view_of

START_LOSS = 2.3
LARGEST_LOSS = 1e4
DEFAULT_HORIZON = 1000

Metrics = dict[str, float]


@dataclass(frozen=True)
class Wishes:
    """What is asked of the curves: how much noise, and what they do or do not; None leaves it to chance and hyperparameters."""

    noise: float = 1.0
    plateau: bool | None = None
    diverges: bool | None = None
    overfits: bool | None = None


@dataclass(frozen=True)
class Shape:
    """Where along its way a trial does what; steps are shares of the horizon."""

    halfway: float
    plateau_start: float
    plateau_length: float
    divergence: float | None
    overfits_from: float
    overfitting: float
    validation_gap: float

    @classmethod
    def of(cls, fitness: Fitness, seed: int, wishes: Wishes) -> Shape:
        """The shape for a fitness; chance places the plateau, the divergence and the overfitting, and decides where nothing is wished."""
        stalls = uniform("stalls", seed) < 0.4 if wishes.plateau is None else wishes.plateau
        overfits = uniform("overfits", seed) < 0.3 if wishes.overfits is None else wishes.overfits
        diverges = fitness.diverges if wishes.diverges is None else wishes.diverges
        return cls(
            halfway=between(0.06, 0.1, "halfway", seed) * fitness.pace,
            plateau_start=between(0.05, 0.3, "plateau", seed),
            plateau_length=between(0.05, 0.15, "length", seed) if stalls else 0.0,
            divergence=between(0.02, 0.4, "divergence", seed) if diverges else None,
            overfits_from=between(0.55, 0.95, "onset", seed),
            overfitting=between(0.02, 0.2, "overfitting", seed) if overfits else 0.0,
            validation_gap=between(1.02, 1.15, "gap", seed),
        )


@dataclass(frozen=True)
class LearningCurves:
    """The metrics of one trial at any step.

    >>> curves = LearningCurves.of({"lr": 0.003}, seed=7, metric="accuracy", smaller_is_better=False)
    >>> curves.validation(900)["accuracy"] > curves.validation(10)["accuracy"]
    True
    """

    seed: int
    metric: str
    smaller_is_better: bool
    horizon: int
    ceiling: float
    shape: Shape
    noisiness: float = 1.0

    @classmethod
    def of(
        cls,
        hparams: Mapping[str, Any],
        *,
        seed: int,
        metric: str,
        smaller_is_better: bool = True,
        horizon: int = DEFAULT_HORIZON,
        wishes: Wishes | None = None,
    ) -> LearningCurves:
        """The curves of a trial that would train for about `horizon` steps; it may well be asked beyond."""
        fitness, asked = fitness_of(hparams, seed), wishes or Wishes()
        shape = Shape.of(fitness, seed, asked)
        return cls(seed, metric, smaller_is_better, max(horizon, 1), fitness.ceiling, shape, asked.noise)

    def validation(self, step: int) -> Metrics:
        """The searcher's metric with a loss and an accuracy beside it."""
        loss, accuracy = self._loss_and_accuracy(step, "validation")
        loss_name, accuracy_name = self._companions
        return {loss_name: loss, accuracy_name: accuracy, self.metric: self._view(loss, accuracy)}

    def training(self, step: int) -> Metrics:
        """The training loss and accuracy: noisier than the validation's, and blind to overfitting."""
        return self.of_group("training", step)

    def of_group(self, group: str, step: int) -> Metrics:
        """The loss and the accuracy of another group, near those of the training."""
        loss, accuracy = self._loss_and_accuracy(step, group)
        return {"loss": loss, "accuracy": accuracy}

    def batch_loss(self, step: int) -> float:
        """The training loss of one batch, noisier than the mean that is reported."""
        loss, _ = self._loss_and_accuracy(step, "training")
        noise = self._noisiness_at(step, "training") * bell("noise", self.seed, "training", "batch", step)
        return max(loss * (1 + 2 * noise), 0.0)

    @functools.cached_property
    def _companions(self) -> tuple[str, str]:
        return companion_names(self.metric)

    @functools.cached_property
    def _view(self) -> View:
        return view_of(self.metric, smaller_is_better=self.smaller_is_better)

    def _loss_and_accuracy(self, step: int, group: str) -> tuple[float, float]:
        """Two views of one skill, each with noise of its own."""
        skill, blow_up, noisiness = self._skill(step, group), self._blow_up(step), self._noisiness_at(step, group)
        loss = START_LOSS * (1 - skill) * blow_up * (self.shape.validation_gap if group == "validation" else 1.0)
        accuracy = 0.1 + 0.9 * skill / blow_up + 0.5 * (noisiness * bell("noise", self.seed, group, "accuracy", step))
        loss *= 1 + noisiness * bell("noise", self.seed, group, "loss", step)
        return min(loss, LARGEST_LOSS), min(max(accuracy, 0.0), 1.0)

    def _skill(self, step: int, group: str) -> float:
        """What it has learnt so far, 0 to below 1."""
        way = self._way_without_plateau(step) / self.shape.halfway
        skill = self.ceiling * (0.7 * way / (1 + way) + 0.3 * way / (8 + way))
        return max(skill - self._overfit(step), 0.0) if group == "validation" else skill

    def _way_without_plateau(self, step: int) -> float:
        way, start = step / self.horizon, self.shape.plateau_start
        return way if way <= start else max(start, way - self.shape.plateau_length)

    def _overfit(self, step: int) -> float:
        return self.shape.overfitting * min(max(step / self.horizon - self.shape.overfits_from, 0.0), 1.0)

    def _blow_up(self, step: int) -> float:
        """By what the loss of a diverging trial is multiplied: 1 before it diverges, then fast more."""
        if self.shape.divergence is None:
            return 1.0
        beyond = 40 * max(step / self.horizon - self.shape.divergence, 0.0)
        return 1 + beyond * beyond

    def _noisiness_at(self, step: int, group: str) -> float:
        """Noise calms down as training goes on."""
        size = (0.012 if group == "validation" else 0.05) * self.noisiness
        return size * (0.3 + 0.7 / (1 + 4 * step / self.horizon))
