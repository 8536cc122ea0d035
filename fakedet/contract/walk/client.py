"""The client of this release: its SDK, its `det`, the operations that it has, and what fakedet really holds."""
from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
import traceback
import urllib.request
from typing import Any, Callable

URL, RELEASE = os.environ["WALK_URL"], tuple(map(int, os.environ["WALK_RELEASE"].split(".")))
#: Where the packages of a release are.
PACKAGE = "determined" if RELEASE >= (0, 14, 6) else "determined_common"
COMMAND = "determined.cli" if RELEASE >= (0, 14, 6) else "determined_cli"
#: How an operation went that went well, and what there is to say of one that the release does not have.
DONE, LACKS = "yes", "–"
Operation = Callable[[], Any]
OPERATIONS: dict[str, Operation | None] = {}
#: What one operation hands on to the next.
found: dict[str, Any] = {}


def operation(name: str, since: tuple[int, ...] = (0,), before: tuple[int, ...] = (1,)) -> Callable[[Operation], Operation]:
    """Register the decorated function for releases from `since` on and before `before`."""
    def register(function: Operation) -> Operation:
        OPERATIONS[name] = function if since <= RELEASE < before else None
        return function
    return register


def det(*command: str) -> str:
    """What `det` of this release prints; it has to succeed. It runs in a copy of this process, which has it imported already.

    Whatever it asks is answered with no.
    """
    run = importlib.import_module(COMMAND + ".cli").main
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as answers:
        answers.write(b"n\n" * 9)
        answers.seek(0)
        child = os.fork()
        if not child:
            _become(run, ["-m", URL, *command], answers.fileno(), printed.fileno())
        _, status = os.waitpid(child, 0)
        printed.seek(0)
        text = printed.read().decode()
    assert status == 0, f"det {' '.join(command)}: {text[-400:]}"
    return text


def _become(run: Callable[[list[str]], Any], arguments: list[str], answers: int, output: int) -> None:
    """Run a command and end with its status."""
    os.dup2(answers, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdin, sys.stdout = os.fdopen(0), os.fdopen(1, "w")
    status: Any = 1
    try:
        run(arguments)
        status = 0
    except SystemExit as end:
        status = end.code or 0
    except BaseException:
        traceback.print_exc()
    print("" if isinstance(status, int) else status, flush=True)
    sys.stderr.flush()
    os._exit(status if isinstance(status, int) else 1)


def experimental() -> Any:
    """The SDK's package."""
    return importlib.import_module(PACKAGE + ".experimental")


def determined() -> Any:
    """The SDK's entrance; 0.12.2 has none."""
    return experimental().Determined(master=URL)


def experiment(number: int = 1) -> Any:
    """An experiment reference."""
    return determined().get_experiment(number)


def trial(number: int = 1) -> Any:
    """A trial reference; 0.12.2 has nothing else."""
    if RELEASE < (0, 12, 3):
        return experimental().TrialReference(number, master=URL)
    return determined().get_trial(number)


def truth(path: str) -> Any:
    """What fakedet says to a client of today that asks for `path`."""
    token = _sent("/api/v1/auth/login", {"username": "determined", "password": ""})["token"]
    return _sent(path, None, Authorization="Bearer " + token)


def ranked(metric: str, smaller: bool, of: str = "trials/1") -> list[str]:
    """The checkpoints of an experiment or a trial, the best first; they have no equals."""
    listed = truth(f"/api/v1/{of}/checkpoints?states=STATE_COMPLETED")["checkpoints"]
    sign = 1 if smaller else -1
    return [one["uuid"] for one in sorted(listed, key=lambda one: sign * one["training"]["validationMetrics"]["avgMetrics"][metric])]


def _sent(path: str, body: Any, **headers: str) -> Any:
    request = urllib.request.Request(URL + path, data=body and json.dumps(body).encode(), headers=headers)
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)
