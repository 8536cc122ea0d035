"""What stays the same over the life of a synthetic trial: when it validates and saves, and how its metrics go. Worked out once."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, NamedTuple

from fakedet.domain.scenario import Scenario
from fakedet.engine.cadence import Cadence
from fakedet.engine.chance import uniform
from fakedet.engine.clock import SECOND
from fakedet.engine.curves import LearningCurves, Wishes

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]


class Plan(NamedTuple):
    """The plan of one trial, `batch_time` in microseconds, and from which values it was made."""

    cadence: Cadence
    curves: LearningCurves
    scenario: Scenario
    batch_time: int
    config: Mapping[str, Any]
    hparams: Mapping[str, Any]


class Plans:
    """The plans of a world's trials by id. A trial with another config or other hyperparameters gets another one."""

    def __init__(self, world: "World"):
        self._world = world
        self._known: dict[int, Plan] = {}

    def of_trial(self, trial: Row) -> Plan:
        """The plan of this trial."""
        config = self._world.db.experiments.row(trial["experiment_id"])["config"]
        known = self._known.get(trial["id"])
        if known is None or known.config is not config or known.hparams is not trial["hparams"]:
            known = self._known[trial["id"]] = self._made(trial, config)
        return known

    def _made(self, trial: Row, config: Mapping[str, Any]) -> Plan:
        searcher, cadence, scenario = config["searcher"], Cadence.of(config, trial["hparams"]), Scenario.of(config)
        seed = trial["seed"] ^ self._world.settings.seed
        curves = LearningCurves.of(trial["hparams"], seed=seed, metric=searcher["metric"],
                                   smaller_is_better=searcher.get("smaller_is_better") is not False, horizon=cadence.length,
                                   wishes=Wishes(scenario.noise, scenario.plateau, scenario.diverges, scenario.overfits))
        return Plan(cadence, curves, scenario, _batch_time(scenario, seed), config, trial["hparams"])


def _batch_time(scenario: Scenario, seed: int) -> int:
    """How long a batch takes: longer for a straggler."""
    is_slow = uniform("straggler", seed) < scenario.stragglers.share
    return max(round(scenario.seconds_per_batch * (scenario.stragglers.slowdown if is_slow else 1.0) * SECOND), 1)
