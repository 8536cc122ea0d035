"""`det cmd run` runs a process of this machine and shows what it prints."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow


def test_a_command_runs_with_its_context_and_its_log_is_shown_to_the_end(local: Any) -> None:
    Path(local._folder, "words.txt").write_text("read from the context")
    shown = local.fake.det(f"cmd run --context {local._folder} cat words.txt")
    assert "read from the context" in shown.stdout, shown
    [command] = local.db.commands.rows()
    assert (command["state"], command["exit_status"]) == ("TERMINATED", "allocation exited successfully")


def test_a_line_for_the_shell_fails_with_its_exit_code(local: Any) -> None:
    local.fake.det("cmd run 'echo one; exit 4'")
    [command] = local.db.commands.rows()
    local.wait(lambda: local.db.commands.rows()[0]["state"] == "TERMINATED")
    assert local.db.commands.rows()[0]["exit_status"].endswith("container failed with non-zero exit code: 4 (exit code 4)")
    assert local.db.allocations.one(task_id=command["task_id"])["status_code"] == 4


def test_a_killed_command_is_gone(local: Any) -> None:
    task_id = local.fake.det("cmd run --detach 'echo up; sleep 100'").stdout.split()[-1]
    local.wait(lambda: any(line["log"] == "up\n" for line in local.db.task_logs.rows(task_id=task_id)))
    local.fake.det(f"cmd kill {task_id}")
    local.wait(lambda: local.db.commands.rows()[0]["state"] == "TERMINATED")
    assert local.db.allocations.one(task_id=task_id)["exit_reason"] == "allocation killed after all resources exited: resources were killed"
