"""What the engine writes into the logs of the trials it plays."""
from __future__ import annotations

import functools
import uuid
from typing import TYPE_CHECKING, Any, Iterable, Mapping

from fakedet.engine.exits import Exit
from fakedet.engine.log_lines import AllocationLog, LogLine
from fakedet.services.logs import policies
from fakedet.services.logs.writing import append

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]
#: Why a trial in this state has to leave its slots, as the master words it.
PAUSE, CANCEL, KILL = "user requested pause", "user requested cancellation", "user requested kill"
PREEMPTED = "preempted by the scheduler"


class TrialLog:
    """The log of one allocation of a trial."""

    def __init__(self, world: "World", trial: Row, allocation: Row):
        self._world, self._task_id = world, allocation["task_id"]
        experiment = world.db.experiments.row(trial["experiment_id"])
        self._lines = AllocationLog(trial["id"], experiment["id"], allocation["allocation_id"], _container(allocation["allocation_id"]),
                                    next(iter(allocation.get("agent_slots") or ()), "agent1"), experiment["config"])
        self._waiting: list[Row] = []

    def started(self) -> None:
        """It has been given slots."""
        self._write(self._lines.started())

    def placed(self) -> None:
        """It has been given slots, and its processes begin."""
        self._write(self._lines.placed())

    def preempting(self, reason: str) -> None:
        """It is asked to leave."""
        self._write(self._lines.preempting(reason))

    def killing(self, reason: str) -> None:
        """It is killed."""
        self._write(self._lines.killing(reason))

    def over(self, exit: Exit) -> None:
        """Its processes have ended."""
        self._write(self._lines.over(exit.said, exit.said_level, exit.reason, exit.level))

    def reported(self, group: str, metrics: Mapping[str, Any], step: int) -> None:
        """It reported metrics; that is written with what follows, or by `flush`."""
        self._wait(self._lines.reported(group, metrics, step))

    def saved(self, checkpoint_uuid: str) -> None:
        """It reported a checkpoint."""
        self._write(self._lines.checkpointed(checkpoint_uuid))

    def told(self, text: str) -> None:
        """It printed these lines."""
        self._write([line for part in text.splitlines() for line in self._lines.printed(part)])

    def flush(self) -> None:
        """Write what waits to be written."""
        rows, self._waiting = self._waiting, []
        append(self._world, self._task_id, rows)
        policies.watch(self._world, self._task_id, [row for row in rows if row["agent_id"] is not None])

    def _write(self, lines: Iterable[LogLine]) -> None:
        self._wait(lines)
        self.flush()

    def _wait(self, lines: Iterable[LogLine]) -> None:
        now = self._world.now()
        self._waiting += (line.row(now) for line in lines)


@functools.lru_cache(maxsize=1_000)
def _container(allocation_id: str) -> str:
    """An id for the container that there is not, the same whenever it is asked for."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, allocation_id))
