"""What every local task has in common: who it is on the cluster, its environment, the shipping of what it prints."""
from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Mapping, Sequence

from fakedet.engine.local import environment, ports
from fakedet.services import allocation_sessions, sessions
from fakedet.services.cluster.usage import container_id
from fakedet.services.logs import policies
from fakedet.services.logs.writing import append
from fakedet.services.master.identity import cluster_id

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]
SHELL = "/bin/bash" if os.path.exists("/bin/bash") else "/bin/sh"
#: As the entrypoints of containers begin: with the startup hook of the user's files.
HOOK = """set -e
set -x
test -f startup-hook.sh && . ./startup-hook.sh
set +x
"""


class LocalTask:
    """One run of a task: its allocation."""

    def __init__(self, world: "World", allocation_id: str):
        self._world, self.allocation_id = world, allocation_id

    def printed(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Into the log of the task."""
        world, allocation = self._world, self._allocation
        if allocation is None:
            return
        fields = {"timestamp": world.now(), "source": "task", "allocation_id": self.allocation_id, "agent_id": place_of(allocation)[0],
                  "container_id": container_id(self.allocation_id)}
        rows = [{**line, **fields} for line in lines]
        append(world, allocation["task_id"], rows)
        policies.watch(world, allocation["task_id"], rows)

    @property
    def _allocation(self) -> Row | None:
        row: Row | None = self._world.db.allocations.one(allocation_id=self.allocation_id)
        return row

    def _cluster(self, allocation: Row, owner_id: int, task_type: str, latest_checkpoint: str | None = None) -> dict[str, Any]:
        """The content of the info file of the cluster; begins the task's session."""
        agent, slots = place_of(allocation)
        return {"master_url": self._world.url, "cluster_id": cluster_id(self._world), "agent_id": agent, "slot_ids": slots,
                "task_id": allocation["task_id"], "allocation_id": self.allocation_id, "task_type": task_type,
                "session_token": allocation_sessions.issue(self._world, self.allocation_id, owner_id), "latest_checkpoint": latest_checkpoint}

    def _environment(self, cluster: Mapping[str, Any], owner_id: int, folder: Path) -> dict[str, str]:
        _, user_token = sessions.issue(self._world, owner_id)
        return {**environment.of_machine(folder, os.environ), **ports.free(environment.PORTS),
                **environment.of_task(cluster, container_id=container_id(self.allocation_id), folder=folder, user_token=user_token,
                                      user=self._world.db.users.row(owner_id)["username"])}


def place_of(allocation: Row) -> tuple[str, list[int]]:
    """The agent and the numbers of its slots; slots of several agents are those of one here, counted from 0."""
    places: Mapping[str, list[int]] = allocation["agent_slots"]
    agent, slots = next(iter(places.items()))
    return agent, slots if len(places) == 1 else list(range(allocation["slots"]))
