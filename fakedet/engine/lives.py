"""The ways in which trials live: what the engine asks of each. The rooms of a way are loaded when a world uses it."""
from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Mapping, Sequence

from fakedet.domain.scheduling import Placement

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Life:
    """One way to live.

    begin_round: before anything else in a round of work. start: give a trial its slots. follow_state: do with a live allocation what
    the state of its trial asks for. give_way: take the slots back that the scheduler needs. evict: the slots are gone, and why.
    stop: the world ends; gives the threads that then still clean up.
    """

    start: Callable[["World", Row, Placement], None]
    follow_state: Callable[["World", Row], None]
    give_way: Callable[["World", Row], None]
    evict: Callable[["World", Row, str], None]
    begin_round: Callable[["World"], None] = lambda world: None
    stop: Callable[["World"], Sequence[threading.Thread]] = lambda world: ()


def life_of_trials(setting: str) -> Life | None:
    """The life that the setting `trials` names; none if nothing moves."""
    if setting == "synthetic":
        from fakedet.engine import commands, synthetic

        return Life(synthetic.start, synthetic.follow_state, synthetic.give_way, synthetic.evict, commands.refuse)
    if setting == "local":
        from fakedet.engine.local import trials

        return Life(trials.start, trials.follow_state, trials.give_way, trials.evict, trials.begin_round, trials.stop)
    return None


def kill_the_slow(world: "World", allocation_id: int) -> None:
    """The time that a process had to leave is over."""
    from fakedet.engine.local import trials

    trials.kill_the_slow(world, allocation_id)
