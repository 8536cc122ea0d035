"""How an allocation ends, and what becomes of its trial (master: task/allocation.go calculateExitStatus, trial.go handleAllocationExit).

Pure: the words of the master for each way to end.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from fakedet.services.trials.states import ENDS

SUCCESS = "resources exited successfully with a zero exit code"
FAILURE = "resources failed with non-zero exit code: container failed with non-zero exit code: {0} (exit code {0})"
LOST = "RM failed to restore the allocation"


@dataclass(frozen=True)
class Exit:
    """How an allocation ended: the reason in the master's words, its log before that, and what it means."""

    reason: str
    said: str = ""
    said_level: str = "INFO"
    error: str | None = None
    status_code: int | None = None
    #: It ended by itself, and well.
    finished: bool = False
    #: It failed for a reason that is not its own, and does not count.
    transient: bool = False

    @property
    def counts(self) -> bool:
        """Whether it is a failure of the trial's own."""
        return self.error is not None and not self.transient

    @property
    def level(self) -> str:
        """Of the line that tells the reason."""
        return "ERROR" if self.error else "INFO"


def exit_of(code: int, *, killed: bool, acknowledged: bool) -> Exit:
    """The first of these that holds: killed while it ran, preempted, over, failed."""
    outcome = SUCCESS if code == 0 else FAILURE.format(code)
    said, level = (outcome, "INFO") if code == 0 else (f"crashed: {outcome}", "ERROR")
    if killed:
        return Exit("allocation killed after all resources exited: resources were killed", f"killed: {outcome}")
    if acknowledged:
        return Exit(f"allocation preempted after all resources exited: {outcome}", said, level)
    if code == 0:
        return Exit(f"allocation stopped early after all resources exited: {outcome}", said, level, finished=True)
    return Exit(f"allocation failed: {outcome}", said, level, error=outcome, status_code=code)


def lost() -> Exit:
    """The master was restarted, and the processes have died with it."""
    return Exit(f"allocation failed due to restore error: {LOST}", error=LOST, transient=True)


def next_state(trial: Mapping[str, Any], exit: Exit, *, retries: bool, max_restarts: int) -> str | None:
    """The state in which the trial ends, or None if it goes on. `retries`: no log policy forbids it; `restarts` counts this failure already."""
    failed = exit.error is not None
    if trial["state"] in ENDS:
        return "ERROR" if failed else ENDS[trial["state"]]
    if exit.counts:
        return "ERROR" if not retries or trial["restarts"] > max_restarts else None
    if exit.finished or (trial["exited_reason"] and not failed):
        return "COMPLETED"
    return None
