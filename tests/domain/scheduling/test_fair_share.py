"""The fair-share scheduler."""
from __future__ import annotations

from collections import Counter

import pytest

from fakedet.domain.scheduling import Agent, Ask, Pool, by_fair_share


def asks(job: str, count: int, slots: int = 1, **more: object) -> list[Ask]:
    return [Ask(f"{job}{number}", job, slots, place=(0.0, number), **more) for number in range(count)]


def shares(*jobs: list[Ask], slots: int = 8) -> dict[str, int]:
    """Slots given to each job on one agent."""
    decision = by_fair_share([ask for job in jobs for ask in job], {}, [], Pool.of(Agent("a", slots)))
    counted: Counter[str] = Counter()
    for ask, _ in decision.starts:
        counted[ask.job] += ask.slots
    return dict(counted)


@pytest.mark.parametrize("jobs, expected", [
    ((asks("x", 9), asks("y", 9)), {"x": 4, "y": 4}),
    ((asks("x", 1), asks("y", 9)), {"x": 1, "y": 7}),  # what one does not want goes to the others
    ((asks("x", 9, weight=3.0), asks("y", 9)), {"x": 6, "y": 2}),
    ((asks("x", 9, max_slots=2), asks("y", 9)), {"x": 2, "y": 6}),
    ((asks("x", 2, 4), asks("y", 4)), {"x": 4, "y": 4}),
    ((asks("old", 1, 8, submitted=1), asks("new", 1, 8, submitted=2)), {"old": 8}),  # neither could start on half
    ((asks("x", 1, 16), asks("y", 1)), {"y": 1}),
    ((asks("x", 0), asks("aux", 3, 0)), {"aux": 0}),
])
def test_slots_are_shared_by_weight_and_demand(jobs: tuple, expected: dict[str, int]) -> None:
    assert shares(*jobs) == expected


def test_a_job_over_its_limit_gives_some_back_and_starts_nothing() -> None:
    running = asks("x", 4, max_slots=2)
    places = {ask.key: {"a": 1} for ask in running}
    decision = by_fair_share(asks("x2", 0), places, running, Pool.of(Agent("a", 8, used=4)))
    assert (decision.starts, decision.releases) == ([], ["x0", "x1"])
