"""Nothing of a task outlives its end: its processes, its folder, what it leaves elsewhere."""
from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Callable

import pytest

from fakedet.engine.local.process import Launch, TaskProcess

#: Starts a process in a session of its own, which ignores SIGTERM, and waits; both write their ids into the folder above.
FAMILY = """
import os, signal, subprocess, sys, time
ids = os.path.join(sys.argv[1], str(os.getpid()))
if len(sys.argv) == 2:
    subprocess.Popen([sys.executable, "-c", os.environ["FAMILY"], sys.argv[1], "x"],
                     start_new_session=True)
else:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(ids, "w").close()
time.sleep(60)
"""


def started(command: list[str], folder: Path, **environment: str) -> TaskProcess:
    """The task that runs this command."""
    folder.mkdir()
    return TaskProcess(Launch(command, {**os.environ, **environment}), folder)


def wait_until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Fail if it does not hold in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    """Whether the process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def family(tmp_path: Path) -> tuple[TaskProcess, list[int]]:
    """A task with a process that has left its session, and the ids of both."""
    ids = tmp_path / "ids"
    ids.mkdir()
    task = started([sys.executable, "-c", FAMILY, str(ids)], tmp_path / "run", FAMILY=FAMILY)
    wait_until(lambda: len(os.listdir(ids)) == 2)
    return task, [int(name) for name in os.listdir(ids)]


def test_the_exit_code_and_the_output_are_the_commands(tmp_path: Path) -> None:
    task = started(["sh", "-c", "echo INFO: out; echo '[rank=1] err' >&2; exit 3"], tmp_path / "run")
    lines = [line for batch in task.output() for line in batch]
    assert task.wait() == 3
    assert sorted((line["stdtype"], line["level"], line["rank_id"], line["log"]) for line in lines) == [
        ("stderr", None, 1, "err\n"), ("stdout", "INFO", None, "out\n")]


def test_a_command_that_a_signal_ends_has_128_and_its_number_as_exit_code(tmp_path: Path) -> None:
    assert started(["sh", "-c", "kill -9 $$"], tmp_path / "run").wait() == 137


def test_what_the_command_started_ends_with_it_and_its_files_go(tmp_path: Path) -> None:
    rubbish = tmp_path / "tensorboard-7"
    rubbish.mkdir()
    (tmp_path / "run").mkdir()
    task = TaskProcess(Launch(["sh", "-c", "sleep 60 & echo $!"], dict(os.environ), rubbish=f"{tmp_path}/tensor*-7"), tmp_path / "run")
    [[line]] = task.output()
    assert task.wait() == 0
    assert not is_alive(int(line["log"]))
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_kill_ends_processes_that_have_left_the_session_too(family: tuple[TaskProcess, list[int]], tmp_path: Path) -> None:
    task, ids = family
    task.kill()
    assert task.wait() == 137
    assert not any(map(is_alive, ids))
    assert not (tmp_path / "run").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_all_processes_end_when_the_master_is_gone_even_those_that_do_not_want_to(family: tuple[TaskProcess, list[int]]) -> None:
    task, ids = family
    task.abandon()
    task.wait()
    assert not any(map(is_alive, ids))


def test_a_command_that_there_is_not_fails(tmp_path: Path) -> None:
    task = started(["/there/is/no/such/command"], tmp_path / "run")
    assert task.wait() != 0
