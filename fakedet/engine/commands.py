"""What all commands, notebooks, shells and TensorBoards have in common for the engine: which there are, their log, their end.

Those that nothing here can run are refused by name as soon as a cluster would start them: their followers get an end, not a wait.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Collection, Iterator, Mapping

from fakedet.domain.scheduling import Ask, Placement
from fakedet.engine.agent_slots import pool_of
from fakedet.engine.exits import Exit
from fakedet.services import allocation_sessions
from fakedet.services.commands.controlling import EXIT_STATUS
from fakedet.services.commands.kinds import KINDS
from fakedet.services.jobs.requests import PENDING
from fakedet.services.logs.writing import say

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]
NAMES = {kind.task_type: kind.plural for kind in KINDS}


def of_kinds(world: "World", state: str, kinds: Collection[str]) -> list[Row]:
    """The allocations in a state that belong to commands of these task types."""
    allocations = world.db.allocations.rows(state=state)
    return [row for row in allocations if any(command["type"] in kinds for command in world.db.commands.rows(task_id=row["task_id"]))]


def startable(world: "World", kinds: Collection[str]) -> Iterator[tuple[Row, Placement]]:
    """Those of these task types that wait and have a place now, one after another: what was done with one counts for the next."""
    pool = None
    for allocation in of_kinds(world, PENDING, kinds):
        pool = pool_of(world.db) if pool is None else pool
        placement = pool.fit(Ask(allocation["allocation_id"], allocation["task_id"], allocation["slots"]))
        if placement is not None:
            yield allocation, placement
            pool = None


def refuse(world: "World", *, but: Collection[str] = ()) -> None:
    """End those that a cluster would start now, except for task types that are run."""
    for allocation, _ in startable(world, NAMES.keys() - set(but)):
        end(world, allocation, _refusal(world.db.commands.one(task_id=allocation["task_id"])["type"]))


def _refusal(task_type: str) -> Exit:
    hint = "; with trials=local it does" if task_type == "COMMAND" else ""
    text = f"fakedet runs no {NAMES[task_type]}{hint}"
    return Exit(f"allocation failed: {text}", error=text)


def end(world: "World", allocation: Row, exit: Exit) -> None:
    """The command is over."""
    task_id, now = allocation["task_id"], world.now()
    command, task = world.db.commands.one(task_id=task_id), world.db.tasks.one(task_id=task_id)
    say(world, task_id, *filter(None, [exit.said]), level=exit.said_level)
    say(world, task_id, f"{command['description']} was terminated: {exit.reason}", level=exit.level)
    allocation_sessions.end(world.db, allocation["allocation_id"])
    world.db.allocations.change(allocation["id"], state="TERMINATED", end_time=now, exit_reason=exit.reason, exit_error=exit.error,
                                status_code=exit.status_code)
    world.db.commands.change(command["id"], state="TERMINATED", exit_status=exit.error or EXIT_STATUS)
    world.db.tasks.change(task["id"], end_time=now)
