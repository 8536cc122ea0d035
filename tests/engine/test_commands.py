"""Commands, notebooks, shells and TensorBoards where nothing can run them: refused by name, as soon as a cluster would start them."""
from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize("command, kind", [
    ("cmd run echo hi", "commands"), ("notebook start", "notebooks"), ("shell start", "shells"), ("tensorboard start 1", "tensorboards")])
def test_what_cannot_run_ends_with_its_name_and_nobody_waits(fake_determined: Any, command: str, kind: str) -> None:
    fake_determined.experiment()
    fake_determined.det(command)
    listed = fake_determined.det(f"{kind.removesuffix('s')} list").stdout
    assert "TERMINATED" in listed and f"fakedet runs no {kind}" in listed
    task = fake_determined.world.db.commands.row(1)["task_id"]
    assert f"fakedet runs no {kind}" in fake_determined.det(f"task logs {task}").stdout


@pytest.mark.fakedet(agents=0)
def test_without_an_agent_it_waits_as_on_a_cluster(fake_determined: Any) -> None:
    fake_determined.det("notebook start --detach --config resources.slots=0")
    assert "QUEUED" in fake_determined.det("notebook list").stdout
