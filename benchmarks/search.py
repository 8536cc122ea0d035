"""What a page of fifty experiments costs as they grow: as they come, sorted, filtered, and again after a change."""
from __future__ import annotations

import json
import random
from typing import Any, Callable, Mapping

from benchmarks.side_by_side import medians, report
from fakedet.contract.sending import to_world
from fakedet.settings import Settings
from fakedet.world import World

SIZES = (1_000, 10_000)
PAGE = 50


def field(column: str, operator: str, value: object, place: str = "EXPERIMENT", kind: str = "NUMBER") -> dict[str, Any]:
    """One condition of a filter."""
    return {"kind": "field", "columnName": column, "location": f"LOCATION_TYPE_{place}", "type": f"COLUMN_TYPE_{kind}",
            "operator": operator, "value": value}


def filtered(*fields: Mapping[str, Any]) -> dict[str, Any]:
    """The request with a filter that all these conditions make up."""
    return {"filter": json.dumps({"filterGroup": {"kind": "group", "conjunction": "and", "children": fields}, "showArchived": False})}


REQUESTS: Mapping[str, dict[str, Any]] = {
    "as they come": {},
    "the last page": {"offset": -PAGE},
    "by name": {"sort": "name=asc"},
    "by id, descending": {"sort": "id=desc"},
    "by start time, descending": {"sort": "startTime=desc"},
    "by the searcher metric": {"sort": "searcherMetricsVal=asc"},
    "by a metric of the best trial": {"sort": "validation.loss.min=desc"},
    "not archived": filtered(),
    "of a state": filtered(field("state", "=", "COMPLETED")),
    "whose name contains a text": filtered(field("name", "contains", "7", kind="TEXT")),
    "by metric, best trial better than": {**filtered(field("validation.loss.min", "<", 0.5, "VALIDATIONS")), "sort": "validation.loss.min=asc"},
    "a filter that finds five": filtered(field("id", "<=", 5)),
}


PROJECT = {"columns of the table of experiments": "columns", "columns of the table of runs": "columns?tableType=TABLE_TYPE_RUN",
           "ranges of metrics": "experiments/metric-ranges"}


def main() -> None:
    """Print the milliseconds, with ratios to the smallest size."""
    worlds = {size: _filled(size) for size in SIZES}
    for path, name in (("experiments-search", "experiments"), ("runs", "runs")):
        for title, request in REQUESTS.items():
            if name == "runs":
                request = json.loads(json.dumps(request).replace("name=asc", "experimentName=asc"))
            _report(f"{name}, {title}", {size: _asker(world, path, request) for size, world in worlds.items()}, rounds=15)
    for title, path in PROJECT.items():
        _report(title, {size: _reader(world, path) for size, world in worlds.items()}, rounds=15)
    _report("experiments, by name after a change", {size: _changing(world) for size, world in worlds.items()}, rounds=15)
    _report("experiments, by name for the first time", {size: _forgetting(world) for size, world in worlds.items()}, rounds=5)


def _report(name: str, ways: dict[int, Callable[[], object]], rounds: int) -> None:
    report(name, medians({f"of {size}": way for size, way in ways.items()}, rounds=rounds), f"of {SIZES[0]}")


def _asker(world: World, path: str, request: Mapping[str, Any]) -> Callable[[], object]:
    send, headers = to_world(world), _signed_in(world)
    body = json.dumps({"projectId": 1, "limit": PAGE, **request}).encode()

    def ask() -> object:
        status, _, reply = send("POST", f"/api/v1/{path}", headers, body)
        assert status == 200, reply
        return reply
    return ask


def _reader(world: World, path: str) -> Callable[[], object]:
    send = to_world(world)
    headers = _signed_in(world)
    return lambda: send("GET", f"/api/v1/projects/1/{path}", headers, None)


def _signed_in(world: World) -> dict[str, str]:
    reply = to_world(world)("POST", "/api/v1/auth/login", {}, b'{"username": "admin", "password": ""}')[2]
    return {"Authorization": f"Bearer {json.loads(reply)['token']}"}


def _forgetting(world: World) -> Callable[[], object]:
    ask = _asker(world, "experiments-search", {"sort": "name=asc"})

    def forget_and_ask() -> object:
        world._derived.clear()  # nobody but this benchmark forgets what a world keeps
        return ask()
    return forget_and_ask


def _changing(world: World) -> Callable[[], object]:
    ask, chance = _asker(world, "experiments-search", {"sort": "name=asc"}), random.Random(2)

    def change_and_ask() -> object:
        number = chance.randrange(1, 1_000)
        config = world.db.experiments.row(number)["config"]
        world.db.experiments.change(number, config={**config, "name": f"e{chance.random()}"})
        return ask()
    return change_and_ask


def _filled(size: int) -> World:
    world, chance = World(Settings(storage="memory", trials="manual")), random.Random(1)
    send, headers = to_world(world), _signed_in(world)
    sent = {"name": "e", "searcher": {"name": "random", "metric": "loss", "max_trials": 8}, "hyperparameters": {"lr": 0.1}}
    send("POST", "/api/v1/experiments", headers, json.dumps({"config": json.dumps(sent), "unmanaged": True}).encode())
    send("POST", "/api/v1/trials", headers, json.dumps({"experimentId": 1, "hparams": {"lr": 0.1}, "unmanaged": True}).encode())
    _multiply(world, size, chance)
    return world


def _multiply(world: World, size: int, chance: random.Random) -> None:
    """Each experiment is like the first, with two trials like the first one."""
    experiment, trial = world.db.experiments.row(1), world.db.trials.row(1)
    with world.db.transaction():
        world.db.trials.delete(1)
        world.db.experiments.delete(1)
        for number in range(size):
            config = {**experiment["config"], "name": f"e{chance.randrange(size)}"}
            new = world.db.experiments.insert({**experiment, "config": config, "state": chance.choice(["COMPLETED", "ERROR", "PAUSED"]),
                                               "start_time": chance.randrange(10**12), "archived": number % 10 == 0})
            trials = [world.db.trials.insert(_trial(trial, new, chance.random())) for _ in range(2)]
            world.db.experiments.change(new, best_trial_id=trials[0])


def _trial(trial: Mapping[str, Any], experiment: int, loss: float) -> dict[str, Any]:
    summary = {name: {"count": 1, "min": loss, "max": loss, "mean": loss, "last": loss, "sum": loss, "type": "number"} for name in ("loss", "acc")}
    return {**trial, "experiment_id": experiment, "searcher_metric_value": loss, "searcher_metric_value_signed": loss,
            "summary_metrics": {"validation_metrics": summary, "avg_metrics": summary}}


if __name__ == "__main__":
    main()
