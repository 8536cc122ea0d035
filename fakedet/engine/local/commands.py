"""Commands (`det cmd run`) as processes of this machine: started when slots are free, ended by themselves or killed.

Mirrors internal/command. Notebooks, shells and TensorBoards stay records: they need a proxy to be of use.
"""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Mapping

from fakedet.engine import exits, scheduler
from fakedet.engine.agent_slots import chosen
from fakedet.engine.commands import end, of_kinds, startable
from fakedet.engine.local import environment
from fakedet.engine.local.process import Launch
from fakedet.engine.local.runs import Runs
from fakedet.engine.local.task import HOOK, SHELL, LocalTask
from fakedet.engine.trial_logs import KILL
from fakedet.services.experiments.model_definition import entries
from fakedet.services.logs.writing import say

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]
#: How the entrypoint of a command begins, before what the user has typed.
ENTRYPOINT = "/run/determined/command-entrypoint.sh"
RUNNABLE = frozenset({"COMMAND"})


class CommandTask(LocalTask):
    """A command that runs."""

    def launch(self, folder: Path) -> Launch | None:
        """A single word of it is a line for the shell."""
        allocation = self._allocation
        command = self._world.db.commands.one(task_id=allocation["task_id"]) if allocation else None
        if allocation is None or command is None:
            return None
        cluster = self._cluster(allocation, command["user_id"], "COMMAND")
        told = {**self._environment(cluster, command["user_id"], folder),
                **environment.of_config(command["config"]["environment"]["environment_variables"])}
        words = [word for word in command["config"]["entrypoint"] if word != ENTRYPOINT]
        run = 'exec /bin/sh -c "$1"' if len(words) == 1 else 'exec "$@"'
        files = entries(command) if command.get("model_definition") else []
        return Launch([SHELL, "-c", HOOK + run, "command", *words], told, files, {"cluster": cluster})

    def ended(self, code: int) -> None:
        """Its exit status is known, and its slots are free."""
        self._world.the(Runs).forget(self.allocation_id)
        allocation = self._allocation
        if allocation is not None and allocation["state"] == scheduler.LIVE:
            end(self._world, allocation, exits.exit_of(code, killed=bool(allocation.get("killed")), acknowledged=False))


def follow(world: "World") -> None:
    """Start those that fit, kill those that shall be; those of a master before this one are lost."""
    for allocation in of_kinds(world, scheduler.LIVE, RUNNABLE):
        run = world.the(Runs).find(allocation["allocation_id"])
        if run is None:
            end(world, allocation, exits.lost())
        elif allocation.get("killed") and not run.is_killed:
            say(world, allocation["task_id"], f"forcibly killing allocation's remaining resources (reason: {KILL})")
            run.kill()
    for allocation, placement in startable(world, RUNNABLE):
        _start(world, allocation, chosen(world.db, placement))


def _start(world: "World", allocation: Row, slots: Mapping[str, list[int]]) -> None:
    command = world.db.commands.one(task_id=allocation["task_id"])
    world.db.allocations.change(allocation["id"], state=scheduler.LIVE, start_time=world.now(), is_ready=True, agent_slots=slots)
    world.db.commands.change(command["id"], state="RUNNING")
    name = command["description"]
    say(world, allocation["task_id"], f"{name} was assigned to an agent", f"Resources for {name} have started")
    world.the(Runs).start(CommandTask(world, allocation["allocation_id"]))
