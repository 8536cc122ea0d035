"""The real searchers of 0.38.1 recorded in 371 settings, replayed event by event."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakedet.domain.searchers import Create, Operation, Searcher, Stop

RECORDINGS = Path(__file__).parents[3] / "fixtures" / "golden" / "searchers.jsonl.xz"


def recordings() -> Iterator[dict[str, Any]]:
    with lzma.open(RECORDINGS, "rt") as lines:
        about = json.loads(next(lines))
        for line in lines:
            yield {**json.loads(line), "hyperparameters": about["hyperparameters"]}


def title(recording: dict[str, Any]) -> str:
    searcher = recording["searcher"]
    hidden = ("metric", "time_metric", "smaller_is_better")
    return "-".join(str(value) for key, value in searcher.items() if key not in hidden)


def as_recorded(operation: Operation) -> dict[str, Any]:
    if isinstance(operation, Create):
        return {
            "create": operation.request_id,
            "trial_seed": operation.trial_seed,
            "hparams": operation.hparams,
        }
    if isinstance(operation, Stop):
        return {"stop": operation.request_id}
    return {"shutdown": {"cancelled": operation.cancelled, "failed": operation.failed}}


def answer(searcher: Searcher, event: list[Any]) -> list[Operation]:
    name, *arguments = event
    ask = {
        "start": searcher.initial_trials,
        "validation": searcher.validation_completed,
        "exited": searcher.trial_exited,
        "exited_early": searcher.trial_exited_early,
    }[name]
    operations = ask(*arguments)
    for operation in operations:
        if isinstance(operation, Create):
            assert searcher.trial_created(operation.request_id) == []
    return operations


CASES = [pytest.param(recording, id=title(recording)) for recording in recordings()]


@pytest.mark.parametrize("recording", CASES)
def test_gives_the_operations_of_the_real_searcher(recording: dict[str, Any]) -> None:
    searcher = Searcher(recording, seed=recording["experiment_seed"])
    for event in recording["events"]:
        given = [as_recorded(operation) for operation in answer(searcher, event["do"])]
        assert given == event["gives"], event["do"]


@pytest.mark.parametrize("recording", CASES[::7])
def test_gives_them_also_when_saved_and_loaded_between_events(recording: dict[str, Any]) -> None:
    searcher = Searcher(recording, seed=recording["experiment_seed"])
    for event in recording["events"]:
        searcher = Searcher.load(recording, json.loads(json.dumps(searcher.save())))
        given = [as_recorded(operation) for operation in answer(searcher, event["do"])]
        assert given == event["gives"], event["do"]
