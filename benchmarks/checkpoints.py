"""What lists of checkpoints cost as they grow: the best one, a page of a hundred, the best one after a change, all; and a GC plan."""
from __future__ import annotations

import json
import random
import time
from typing import Callable

from benchmarks.side_by_side import medians, report
from fakedet.contract.sending import to_world
from fakedet.domain import config as configs
from fakedet.domain.gc import Policy
from fakedet.services.checkpoints.planning import victims
from fakedet.settings import Settings
from fakedet.world import World

SIZES = (1_000, 10_000, 100_000)
IN_A_TRIAL = 100
BEST = "checkpoints?sortByAttr=SORT_BY_SEARCHER_METRIC&limit=1&states=STATE_COMPLETED"
LISTS = {"the best one": BEST, "page of a hundred": "checkpoints?sortByMetric=loss&limit=100&offset=300"}
CONFIG = {"name": "c", "searcher": {"name": "single", "metric": "loss"}, "entrypoint": "x",
          "checkpoint_storage": {"type": "shared_fs", "host_path": "/nowhere"}}


def main() -> None:
    """Print the milliseconds, with ratios to the smallest size."""
    worlds = {size: _filled(size) for size in SIZES}
    for name, path in LISTS.items():
        _report(name, {size: _reader(world, path) for size, world in worlds.items()}, rounds=20)
    _report("the best one after a change", {size: _changing(world) for size, world in worlds.items()}, rounds=5)
    _report("the plan of a policy", {size: _planner(world) for size, world in worlds.items()}, rounds=3)
    few = {size: _reader(world, "checkpoints") for size, world in worlds.items() if size <= 10_000}
    _report("all of them", few, rounds=3)


def _report(name: str, ways: dict[int, Callable[[], object]], rounds: int) -> None:
    report(name, medians({f"of {size}": way for size, way in ways.items()}, rounds=rounds), f"of {SIZES[0]}")


def _reader(world: World, path: str) -> Callable[[], object]:
    send = to_world(world)
    token = json.loads(send("POST", "/api/v1/auth/login", {}, b'{"username": "admin", "password": ""}')[2])["token"]
    return lambda: send("GET", f"/api/v1/experiments/1/{path}", {"Authorization": f"Bearer {token}"}, None)


def _planner(world: World) -> Callable[[], object]:
    experiment = world.db.experiments.row(1)
    return lambda: victims(world.db, experiment, Policy(0, 1, 1), world.settings.semantics)


def _changing(world: World) -> Callable[[], object]:
    read = _reader(world, BEST)

    def change_and_read() -> object:
        _validate(world, 1, 7, time.perf_counter() % 1)
        return read()
    return change_and_read


def _filled(size: int) -> World:
    world, chance = World(Settings(storage="memory", trials="manual")), random.Random(1)
    with world.db.transaction():
        config = configs.parse(CONFIG, name="c", seed=1)
        experiment = world.db.experiments.insert({"state": "PAUSED", "config": config, "unmanaged": True})
        for _ in range(size // IN_A_TRIAL):
            trial = world.db.trials.insert({"experiment_id": experiment, "hparams": {"lr": 0.1}, "run_steps": {"1": 10 * IN_A_TRIAL}})
            for number in range(IN_A_TRIAL):
                _checkpoint(world, trial, number * 10, chance)
                _validate(world, trial, number * 10, chance.random())
    return world


def _checkpoint(world: World, trial: int, step: int, chance: random.Random) -> None:
    world.db.checkpoints.insert({
        "uuid": world.ids.uuid(), "task_id": f"1.{trial}", "allocation_id": None, "trial_id": trial,
        "state": "COMPLETED", "report_time": chance.randrange(10**15), "resources": {"state_dict.pth": 1_000, "code/": 0},
        "metadata": {"steps_completed": step, "framework": "torch-2.0"}, "size": 1_000, "storage_id": None})


def _validate(world: World, trial: int, step: int, loss: float) -> None:
    world.db.metrics.insert({
        "trial_id": trial, "trial_run_id": 1, "group": "validation", "total_batches": step, "end_time": 0,
        "metrics": {"validation_metrics": {"loss": loss}}, "archived": False})


if __name__ == "__main__":
    main()
