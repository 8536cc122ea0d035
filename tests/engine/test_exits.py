"""How allocations end and what becomes of their trials."""
from __future__ import annotations

import pytest

from fakedet.engine.exits import exit_of, lost, next_state

FAILED = "resources failed with non-zero exit code: container failed with non-zero exit code: 3 (exit code 3)"
DONE = "resources exited successfully with a zero exit code"


@pytest.mark.parametrize(("code", "killed", "acknowledged", "reason"), [
    (0, False, False, f"allocation stopped early after all resources exited: {DONE}"),
    (0, False, True, f"allocation preempted after all resources exited: {DONE}"),
    (3, False, True, f"allocation preempted after all resources exited: {FAILED}"),
    (3, False, False, f"allocation failed: {FAILED}"),
    (137, True, False, "allocation killed after all resources exited: resources were killed"),
    (0, True, True, "allocation killed after all resources exited: resources were killed"),
])
def test_killed_counts_before_preempted_before_the_exit_code(code: int, killed: bool, acknowledged: bool, reason: str) -> None:
    assert exit_of(code, killed=killed, acknowledged=acknowledged).reason == reason


ENDED, CRASHED = exit_of(0, killed=False, acknowledged=False), exit_of(3, killed=False, acknowledged=False)
PREEMPTED, KILLED = exit_of(0, killed=False, acknowledged=True), exit_of(137, killed=True, acknowledged=False)


@pytest.mark.parametrize(("state", "exit", "restarts", "retries", "then"), [
    ("ACTIVE", ENDED, 0, True, "COMPLETED"),
    ("PAUSED", ENDED, 0, True, "COMPLETED"),
    ("ACTIVE", PREEMPTED, 0, True, None),
    ("PAUSED", PREEMPTED, 0, True, None),
    ("ACTIVE", KILLED, 0, True, None),
    ("ACTIVE", CRASHED, 2, True, None),
    ("ACTIVE", CRASHED, 3, True, "ERROR"),
    ("ACTIVE", CRASHED, 0, False, "ERROR"),
    ("ACTIVE", lost(), 9, True, None),
    ("STOPPING_COMPLETED", ENDED, 0, True, "COMPLETED"),
    ("STOPPING_COMPLETED", CRASHED, 0, True, "ERROR"),
    ("STOPPING_CANCELED", PREEMPTED, 0, True, "CANCELED"),
    ("STOPPING_KILLED", KILLED, 0, True, "CANCELED"),
    ("STOPPING_ERROR", KILLED, 0, True, "ERROR"),
])
def test_a_trial_ends_or_goes_on(state: str, exit: object, restarts: int, retries: bool, then: str | None) -> None:
    trial = {"state": state, "restarts": restarts, "exited_reason": None}
    assert next_state(trial, exit, retries=retries, max_restarts=2) == then  # type: ignore[arg-type]


def test_a_trial_that_has_told_why_it_leaves_is_completed_even_if_it_was_preempted() -> None:
    trial = {"state": "ACTIVE", "restarts": 0, "exited_reason": "INVALID_HP"}
    assert next_state(trial, PREEMPTED, retries=True, max_restarts=5) == "COMPLETED"
