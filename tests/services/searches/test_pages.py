"""Pages of searches by law: whatever the sort and the size of a page, nothing is lost or doubled, and the order is the one that was asked for."""
from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakedet.domain.collation import sort_key
from fakedet.settings import Settings
from fakedet.world import World
from tests.services.conftest import Detached

COUNT = 23
EXPERIMENT_SORTS = ["description", "name", "searcherType", "state", "numTrials", "user", "searcherMetricsVal", "endTime", "projectId", "forkedFrom",
                    "externalExperimentId", "checkpointCount", "progress", "hp.lr", "hp.net.depth", "validation.loss.min", "training.loss.last"]
RUN_SORTS = ["experimentName", "experimentId", "state", "searcherMetricsVal", "user", "localId", "archived", "hp.lr", "hp.tag", "metadata.note",
             "validation.loss.max", "endTime", "isExpMultitrial"]


@pytest.fixture(scope="module")
def searched():
    """Experiments with few distinct values, so that many are equal, and with gaps."""
    world = World(Settings.build({"trials": "manual", "agents": 0}))
    client, chance = Detached(world), Random(4)
    for _ in range(COUNT):
        experiment = client.post("/experiments", {"config": json.dumps(config(chance)), "unmanaged": True})["experiment"]["id"]
        for _ in range(chance.randint(0, 2)):
            furnish(client, client.trial(experiment, lr=chance.choice([0.1, 1, 10]), tag=chance.choice(["t", None, True])), chance)
    yield client
    world.close()
    assert not world.failures


def config(chance: Random) -> dict[str, Any]:
    searcher = chance.choice([{"name": "single", "metric": "loss"}, {"name": "random", "metric": "loss", "max_trials": 2}])
    hyperparameters = {"lr": chance.choice([0.1, 1, "big"]), **chance.choice([{}, {"net": {"depth": 3}}, {"net": {"depth": 4}}])}
    texts = chance.choice([{}, {"description": "x"}, {"description": "y"}])
    return {"name": chance.choice(["a", "b", "C"]), "searcher": searcher, "hyperparameters": hyperparameters, **texts}


def furnish(client: Any, trial: int, chance: Random) -> None:
    if chance.random() < 0.7:
        client.report(trial, 1, "validation", loss=chance.choice([0.5, 9, 10, "NaN"]))
    if chance.random() < 0.5:
        client.post(f"/runs/{trial}/metadata", {"metadata": {"note": chance.choice(["a", 1, None, {"b": 1}])}})
    if chance.random() < 0.5:
        client.patch(trial, chance.choice(["COMPLETED", "ERROR"]))


def sorts(names: list[str]) -> st.SearchStrategy[str | None]:
    parts = st.builds("{}={}".format, st.sampled_from([*names, "id"]), st.sampled_from(["asc", "desc"]))
    return st.none() | st.lists(parts, min_size=1, max_size=3).map(",".join)


def page(client: Any, path: str, **request: Any) -> tuple[list[int], dict[str, int]]:
    reply = client.post(path, request)
    found = reply["runs"] if path == "/runs" else [item["experiment"] for item in reply["experiments"]]
    return [item["id"] for item in found], reply["pagination"]


@pytest.mark.parametrize(("path", "names"), [("/experiments-search", EXPERIMENT_SORTS), ("/runs", RUN_SORTS)])
@given(data=st.data(), size=st.integers(1, 30))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_pages_of_any_size_put_together_are_the_whole_list(searched, path, names, data, size):
    sort = data.draw(sorts(names))
    whole, block = page(searched, path, sort=sort, limit=-1)
    assert sorted(whole) == list(range(1, block["total"] + 1))
    pages = [page(searched, path, sort=sort, limit=size, offset=start) for start in range(0, len(whole), size)]
    assert [number for numbers, _ in pages for number in numbers] == whole
    assert all(block["endIndex"] - block["startIndex"] == len(numbers) for numbers, block in pages)


@pytest.mark.parametrize(("path", "names"), [("/experiments-search", EXPERIMENT_SORTS), ("/runs", RUN_SORTS)])
def test_descending_is_ascending_backwards_up_to_the_nulls_and_equal_ones_go_by_ascending_id(searched, path, names):
    for name in names:
        upwards, downwards, mirrored = (page(searched, path, sort=sort, limit=-1)[0] for sort in (
            f"{name}=asc", f"{name}=desc", f"{name}=desc,id=desc"))
        nulls = trailing(upwards, downwards)
        assert upwards[:len(upwards) - len(nulls)] == mirrored[:len(mirrored) - len(nulls)][::-1], name
        assert nulls == sorted(nulls), name


def trailing(upwards: list[int], downwards: list[int]) -> list[int]:
    """The rows that end both lists: those without a value."""
    count = next((count for count, (one, other) in enumerate(zip(reversed(upwards), reversed(downwards))) if one != other), len(upwards))
    return upwards[len(upwards) - count:]


def test_nulls_come_last_in_both_directions(searched):
    rows = {item["experiment"]["id"]: item["experiment"]["config"]["description"] for item in searched.post("/experiments-search", {})["experiments"]}
    for direction in ("asc", "desc"):
        present = sorted((text for text in set(rows.values()) if text is not None), key=sort_key, reverse=direction == "desc")
        expected = [number for text in [*present, None] for number in sorted(rows) if rows[number] == text]
        assert page(searched, "/experiments-search", sort=f"description={direction}", limit=-1)[0] == expected
