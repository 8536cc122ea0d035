"""Where an allocation fits."""
from __future__ import annotations

import pytest

from fakedet.domain.scheduling import Agent, Ask, Pool


def ask(slots: int, **more: object) -> Ask:
    return Ask("a.1", "job", slots, **more)


@pytest.mark.parametrize("agents, slots, expected", [
    ([Agent("a", 4)], 4, {"a": 4}),
    ([Agent("a", 4, used=1)], 4, None),
    ([Agent("a", 4), Agent("b", 2)], 1, {"b": 1}),  # the fullest
    ([Agent("a", 4, used=3), Agent("b", 2)], 1, {"a": 1}),
    ([Agent("a", 2), Agent("b", 2)], 4, {"a": 2, "b": 2}),  # several, each wholly
    ([Agent("a", 2), Agent("b", 2, used=1)], 4, None),
    ([Agent("a", 2), Agent("b", 2)], 3, None),  # no multiple of what an agent has
    ([Agent("a", 4), Agent("b", 2), Agent("c", 2)], 4, {"a": 4}),
    ([Agent("a", 4, takes_work=False)], 1, None),
    ([Agent("a", 0)], 0, {"a": 0}),
    ([Agent("a", 0, aux_used=100)], 0, None),
])
def test_one_agent_if_possible_else_several_that_are_wholly_free(agents: list[Agent], slots: int, expected: object) -> None:
    assert Pool.of(*agents).fit(ask(slots)) == expected


def test_a_task_for_a_single_agent_is_not_spread() -> None:
    assert Pool.of(Agent("a", 2), Agent("b", 2)).fit(ask(4, single_agent=True)) is None


def test_a_blocked_agent_is_left_alone() -> None:
    assert Pool.of(Agent("a", 1), Agent("b", 2)).fit(ask(1, blocked=frozenset("a"))) == {"b": 1}


def test_what_is_given_back_is_free_again() -> None:
    pool = Pool.of(Agent("a", 2))
    pool.take({"a": 2})
    assert pool.fit(ask(1)) is None
    pool.give_back({"a": 2})
    assert pool.agents == {"a": Agent("a", 2)}
