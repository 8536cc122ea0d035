"""The priority scheduler, with and without preemption."""
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fakedet.domain.scheduling import Agent, Ask, Pool, by_fair_share, by_priority


def ask(key: str, slots: int = 1, priority: int = 42, position: float = 0.0, **more: object) -> Ask:
    return Ask(key, key, slots, priority=priority, place=(position, 0.0), **more)


def decide(waiting: list[Ask], running: list[Ask] = (), *, slots: int = 4, preemption: bool = False) -> tuple[list[str], list[str]]:
    """What starts and what goes on one agent of `slots` slots."""
    pool = Pool.of(Agent("a", slots, used=sum(held.slots for held in running)))
    decision = by_priority(waiting, {held.key: {"a": held.slots} for held in running}, running, pool, preemption=preemption)
    return [found.key for found, _ in decision.starts], decision.releases


def test_smaller_numbers_go_first_and_earlier_jobs_within_one() -> None:
    waiting = [ask("late", position=2), ask("low", priority=50), ask("early", position=1), ask("high", priority=1)]
    assert decide(waiting, slots=3) == (["high", "early", "late"], [])


def test_what_does_not_fit_is_passed_over_by_its_own_priority_only() -> None:
    waiting = [ask("big", 4), ask("small", 2, position=1), ask("lower", 1, priority=50)]
    assert decide(waiting, slots=3) == (["small"], [])


def test_tasks_without_slots_do_not_wait_for_those_with_slots() -> None:
    assert decide([ask("big", 8), ask("aux", 0, priority=99)], slots=4) == (["aux"], [])


def test_without_preemption_nothing_is_sent_away() -> None:
    assert decide([ask("urgent", 4, priority=1)], [ask("held", 4, priority=50)]) == ([], [])


def test_the_least_urgent_and_newest_make_room() -> None:
    running = [ask("old", 2, 50, 1), ask("new", 1, 50, 2), ask("mid", 1, 45)]
    assert decide([ask("urgent", 1, priority=1)], running, preemption=True) == ([], ["new"])
    assert decide([ask("urgent", 4, priority=1)], running, preemption=True) == ([], ["new", "old", "mid"])


def test_nothing_is_sent_away_in_vain() -> None:
    running = [ask("less", 1, 50), ask("more", 3, 1)]
    assert decide([ask("urgent", 4, priority=10)], running, preemption=True) == ([], [])


def test_within_a_priority_only_what_is_behind_in_the_queue_makes_room() -> None:
    assert decide([ask("first", 4, position=1)], [ask("second", 4, position=2)], preemption=True) == ([], ["second"])
    assert decide([ask("second", 4, position=2)], [ask("first", 4, position=1)], preemption=True) == ([], [])


def test_what_cannot_be_sent_away_stays() -> None:
    assert decide([ask("urgent", 4, priority=1)], [ask("held", 4, 50, preemptible=False)], preemption=True) == ([], [])


def test_with_preemption_smaller_tasks_fill_in_behind_what_waits() -> None:
    held = ask("held", 2, 1)
    assert decide([ask("big", 4), ask("filler", 1, 50)], [held], preemption=True) == (["filler"], [])
    assert decide([ask("big", 4), ask("filler", 1, 50)], [held]) == ([], [])


places_in_queue = st.tuples(st.integers(0, 3), st.integers(0, 3))
asks = st.lists(st.builds(Ask, st.uuids().map(str), st.sampled_from("xyz"), st.integers(0, 4), priority=st.sampled_from((1, 42, 50)),
                          place=places_in_queue, preemptible=st.booleans(), weight=st.sampled_from((1.0, 3.0))), max_size=8)


@given(asks, asks, st.booleans(), st.booleans())
def test_no_slot_is_given_twice(waiting: list[Ask], held: list[Ask], preemption: bool, is_fair: bool) -> None:
    pool, places = Pool.of(Agent("a", 4), Agent("b", 2), Agent("c", 2)), {}
    for candidate in held:
        placement = pool.fit(candidate)
        if placement:
            pool.take(placement)
            places[candidate.key] = placement
    running = [candidate for candidate in held if candidate.key in places]
    before = pool.copy()
    decision = by_fair_share(waiting, places, running, pool) if is_fair else by_priority(waiting, places, running, pool, preemption=preemption)
    assert pool == before
    for _, placement in decision.starts:
        pool.take(placement)
    assert all(agent.used <= agent.slots for agent in pool.agents.values())
    assert set(decision.releases) <= {found.key for found in running if found.preemptible}
    assert len({found.key for found, _ in decision.starts}) == len(decision.starts)
