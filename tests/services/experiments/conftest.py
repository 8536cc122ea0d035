"""Managed experiments: a client whose worlds train (or not) what it creates."""
from __future__ import annotations

import json

import pytest

CONFIG = {"name": "e", "entrypoint": "python3 train.py", "hyperparameters": {"x": {"type": "int", "minval": 1, "maxval": 9}},
          "searcher": {"name": "single", "metric": "loss", "max_length": {"batches": 100}}, "resources": {"slots_per_trial": 0},
          "reproducibility": {"experiment_seed": 7}}


class Managed:
    """A world of managed experiments, asked over plain HTTP in this process."""

    def __init__(self, client):
        self.world, self.get, self.post, self.call, self.refusal = client.world, client.get, client.post, client.call, client.refusal

    def create(self, *, activate: bool = False, request: object = None, **config: object) -> int:
        """An experiment whose config differs in these sections; its id."""
        body = {"config": json.dumps({**CONFIG, **config}), "activate": activate, **(request or {})}
        return self.post("/experiments", body)["experiment"]["id"]

    def search(self, trials: int = 3, **more: object) -> int:
        """A random search, one trial at a time."""
        return self.create(searcher={"name": "random", "metric": "loss", "max_trials": trials, "max_concurrent_trials": 1}, **more)

    def show(self, experiment: int = 1) -> dict:
        return self.get(f"/experiments/{experiment}")["experiment"]

    def state(self, experiment: int = 1) -> str:
        return self.show(experiment)["state"].removeprefix("STATE_")

    def trials(self, experiment: int = 1) -> list[dict]:
        return self.get(f"/experiments/{experiment}/trials", sortBy="SORT_BY_ID")["trials"]

    def go(self, act: str, experiment: int = 1) -> None:
        self.post(f"/experiments/{experiment}/{act}")

    def patch(self, experiment: int = 1, **changes: object) -> dict:
        return self.call("PATCH", f"/experiments/{experiment}", changes)["experiment"]


@pytest.fixture
def make_managed(make_detached):
    """A client of a world with these settings; by default trials are trained at once."""
    return lambda **settings: Managed(make_detached(**{"trials": "synthetic", "agents": 1, **settings}))


@pytest.fixture
def training(make_managed):
    return make_managed()


@pytest.fixture
def idle(make_managed):
    """Nobody trains anything here."""
    return make_managed(agents=0, trials="manual")
