"""What a configuration may ask of synthetic trials."""
from __future__ import annotations

from typing import Any

import pytest

from fakedet.domain.scenario import OUT_OF_MEMORY, BadScenario, Failure, Scenario, Stragglers


def scenario(**wishes: Any) -> Scenario:
    return Scenario.of({"data": {"fakedet": wishes}})


@pytest.mark.parametrize("config", [{}, {"data": None}, {"data": {}}, {"data": "s3://bucket"}, {"data": {"url": 1}}, {"data": {"fakedet": None}}])
def test_a_configuration_that_asks_for_nothing_gets_the_usual(config: dict[str, Any]) -> None:
    assert Scenario.of(config) == Scenario()


def test_everything_can_be_asked_for() -> None:
    asked = scenario(batches={"epochs": 3}, seconds_per_batch=2, noise=0, plateau=True, diverges=False, batch_metrics=True, groups=["test"],
                     system_metrics=True, stragglers={"share": 0.5}, framework="pytorch", parameters={"w": [1]})
    assert asked == Scenario({"epochs": 3}, 2.0, 0.0, True, False, None, True, ("test",), True, (), Stragglers(0.5, 10.0))


def test_running_out_of_memory_is_a_failure_with_its_line() -> None:
    assert scenario(out_of_memory=300, failures=[{"batch": 500, "log": "x"}]).failures == (
        Failure(300, log=OUT_OF_MEMORY), Failure(500, log="x"))


@pytest.mark.parametrize("failure, restarts, number, strikes", [
    (Failure(1), 7, 3, True), (Failure(1, times=2), 1, 1, True), (Failure(1, times=2), 2, 1, False),
    (Failure(1, trials=(2,)), 0, 2, True), (Failure(1, trials=(2,)), 0, 1, False),
])
def test_a_failure_strikes_the_trials_and_the_runs_that_it_names(failure: Failure, restarts: int, number: int, strikes: bool) -> None:
    assert failure.strikes(restarts, number) is strikes


@pytest.mark.parametrize("wishes, words", [
    (7, "data.fakedet is 7; it must be an object"), ({"batchs": 1}, "has no setting 'batchs'; there are: batch_metrics, batches,"),
    ({"batches": 0}, "must be a whole number of 1 or more"), ({"batches": True}, "must be a whole number"),
    ({"batches": {"steps": 1}}, "must name one of"), ({"batches": 1.5}, "whole number"),
    ({"noise": "much"}, "must be a number of 0 or more"), ({"noise": float("nan")}, "must be a number"),
    ({"seconds_per_batch": 0}, "must be a number above 0"), ({"plateau": "yes"}, "must be true or false"),
    ({"groups": "test"}, "must be a list"), ({"groups": ["a.b"]}, "without a dot"),
    ({"groups": ["training"]}, "beside training and validation"), ({"failures": {}}, "must be a list of objects"),
    ({"failures": [{}]}, "has no batch"), ({"failures": [{"batch": 1, "exit_code": 0}]}, "exit_code is 0"),
    ({"failures": [{"batch": 1, "log": 7}]}, "text"), ({"failures": [{"batch": 1, "trial": 1}]}, "has no setting 'trial'"),
    ({"stragglers": {"share": 2}}, "at most 1"), ({"out_of_memory": {}}, "has no batch"),
])
def test_what_cannot_be_is_told_with_what_can(wishes: Any, words: str) -> None:
    with pytest.raises(BadScenario, match=words):
        Scenario.of({"data": {"fakedet": wishes}})
