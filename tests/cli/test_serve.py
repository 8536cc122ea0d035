"""`fakedet serve` as a process: ready lines, restarts, clear errors."""
from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Iterator

import pytest

SERVE = [sys.executable, "-m", "fakedet", "serve", "--port", "0", "--json"]


@contextlib.contextmanager
def serving(*arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A serving process and its address."""
    with subprocess.Popen([*SERVE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.stderr and process.stderr.read()
        try:
            yield json.loads(line)["url"], process
        finally:
            process.kill()


def ask(url: str, path: str, body: Any = None, token: str = "") -> Any:
    """The decoded reply of a GET, or of a POST of `body`."""
    request = urllib.request.Request(url + path, data=None if body is None else json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=20) as reply:
        return json.load(reply)


def signed_in(url: str) -> str:
    return str(ask(url, "/api/v1/auth/login", {"username": "admin", "password": ""})["token"])


def test_everything_acknowledged_is_there_after_kill_9(tmp_path: Path) -> None:
    with serving("--data", str(tmp_path)) as (url, process):
        token = signed_in(url)
        ask(url, "/api/v1/models", {"name": "kept"}, token)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
    with serving("--data", str(tmp_path)) as (url, _):
        assert [model["name"] for model in ask(url, "/api/v1/models", token=token)["models"]] == ["kept"]


def test_it_stops_at_once_when_told(tmp_path: Path) -> None:
    with serving() as (url, process):
        ask(url, "/info")
        process.terminate()
        assert process.wait(5) == 0


def test_a_taken_port_is_one_clear_line_and_no_hang() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = subprocess.run([sys.executable, "-m", "fakedet", "serve", "--port", port], capture_output=True, text=True, timeout=20)
    assert ended.returncode != 0
    assert f"Port {port} on 127.0.0.1 cannot be used" in ended.stderr and "--port 0" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_folder_of_another_process_is_refused_by_its_number(tmp_path: Path) -> None:
    with serving("--data", str(tmp_path)) as (_, owner):
        ended = subprocess.run([*SERVE, "--data", str(tmp_path)], capture_output=True, text=True, timeout=20)
    assert ended.returncode != 0
    assert str(owner.pid) in ended.stderr and "Traceback" not in ended.stderr


def test_an_unwritable_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    ended = subprocess.run([*SERVE, "--data", str(tmp_path / "file" / "data")], capture_output=True, text=True, timeout=20)
    assert ended.returncode != 0 and "Traceback" not in ended.stderr and "Cannot keep data" in ended.stderr


@pytest.mark.parametrize("arguments, words", [
    (["--semantics", "both"], "documented"), (["--speed", "fast"], "instant, real"), (["--nope"], "No such option"),
    (["--agents", "x"], "not a valid integer")])
def test_a_bad_setting_says_what_is_possible(arguments: list[str], words: str) -> None:
    ended = subprocess.run([*SERVE, *arguments], capture_output=True, text=True, timeout=20)
    assert ended.returncode == 2 and words in ended.stderr


def test_worlds_behind_the_port_are_isolated_and_can_be_dropped() -> None:
    with serving() as (url, _):
        made = ask(url, "/__fakedet/worlds", {"agents": 0})
        token = signed_in(made["url"])
        ask(made["url"], "/api/v1/models", {"name": "there"}, token)
        assert ask(url, "/api/v1/models", token=signed_in(url))["models"] == []
        drop = urllib.request.Request(f"{url}/__fakedet/worlds/{made['id']}", method="DELETE")
        urllib.request.urlopen(drop).read()
        with pytest.raises(urllib.error.HTTPError) as closed:
            ask(made["url"], "/info")
        assert closed.value.code == 410


def test_an_unknown_setting_of_a_world_is_refused() -> None:
    with serving() as (url, _):
        with pytest.raises(urllib.error.HTTPError) as refused:
            ask(url, "/__fakedet/worlds", {"nope": 1})
        assert refused.value.code == 400 and "There is no setting 'nope'" in refused.value.read().decode()


def test_every_command_has_help() -> None:
    from click.testing import CliRunner

    from fakedet.cli import COMMANDS, main

    for name in COMMANDS:
        shown = CliRunner().invoke(main, [name, "--help"])
        assert shown.exit_code == 0 and "Usage" in shown.output


def test_trials_go_on_after_kill_9(tmp_path: Path) -> None:
    config = "entrypoint: x\nsearcher: {name: single, metric: loss}\nmin_validation_period: {batches: 100}\n"
    with serving("--data", str(tmp_path), "--speed", "real") as (url, process):
        token = signed_in(url)
        ask(url, "/api/v1/experiments", {"config": config, "activate": True}, token)
        ask(url, "/__fakedet/clock", {"advance": 40})
        assert 0 < ask(url, "/api/v1/trials/1", token=token)["trial"]["totalBatchesProcessed"] < 1000
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
    with serving("--data", str(tmp_path), "--speed", "real") as (url, _):
        ask(url, "/__fakedet/clock", {"advance": 1000})
        assert ask(url, "/api/v1/experiments/1", token=token)["experiment"]["state"] == "STATE_COMPLETED"
        assert ask(url, "/api/v1/trials/1", token=token)["trial"]["totalBatchesProcessed"] == 1000
