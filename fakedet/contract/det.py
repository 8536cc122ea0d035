"""The real `det`, command by command: each in a process of its own, or, ten times as fast, in a fork of one that has loaded it.

A fork behaves as the process would: its own environment, folder, standard streams and session; only the imports are shared.
"""
from __future__ import annotations

import functools
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any, Callable, Mapping, NamedTuple, Protocol

#: Seconds after which a command is taken to hang.
PATIENCE = 120
#: The width of the terminal.
COLUMNS = "100"
STREAMS = {"stdin": os.O_RDONLY, "stdout": os.O_WRONLY, "stderr": os.O_WRONLY}
DET = "import sys; from determined.cli.cli import main; sys.argv[0] = 'det'; sys.exit(main())"


class Outcome(NamedTuple):
    """How a command ended and what it printed."""

    exit: int
    stdout: bytes
    stderr: bytes


class RunDet(Protocol):
    """Runs `det` with arguments, in a folder, with an environment."""

    def __call__(self, arguments: list[str], environment: Mapping[str, str], folder: Path, stdin: bytes = b"") -> Outcome: ...


def in_a_process(arguments: list[str], environment: Mapping[str, str], folder: Path, stdin: bytes = b"") -> Outcome:
    """Run `det` in a process of its own."""
    done = subprocess.run([sys.executable, "-c", DET, *arguments], input=stdin, capture_output=True, cwd=folder, env=dict(environment),
                          start_new_session=True, timeout=PATIENCE, check=False)
    return Outcome(done.returncode, done.stdout, done.stderr)


class Forks:
    """A process that has loaded `det` and forks for each command (not on Windows). Use it as a context manager and call it.

    Only `det deploy` needs a process of its own: it makes another parser.
    """

    def __enter__(self) -> "Forks":
        self._folder = tempfile.TemporaryDirectory(prefix="fakedet-det-")
        environment = {**os.environ, "PYTHONUTF8": "1"}
        self._process = subprocess.Popen([sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         env=environment, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()
        self._folder.cleanup()

    def __call__(self, arguments: list[str], environment: Mapping[str, str], folder: Path, stdin: bytes = b"") -> Outcome:
        files = {name: Path(self._folder.name, name) for name in STREAMS}
        for file in files.values():
            file.write_bytes(stdin if file.name == "stdin" else b"")
        job = {"arguments": arguments, "environment": dict(environment), "folder": str(folder), "files": {n: str(f) for n, f in files.items()}}
        assert self._process.stdin and self._process.stdout
        print(json.dumps(job), file=self._process.stdin, flush=True)
        code = int(self._process.stdout.readline())
        return Outcome(code, files["stdout"].read_bytes(), files["stderr"].read_bytes())


def serve_forks() -> None:
    """Fork for each command that a line of stdin tells, and print how it ended."""
    while line := sys.stdin.readline():
        job = json.loads(line)
        main = _loaded(job["environment"].get("DET_MASTER", "localhost:8080"))
        child = os.fork()
        if child == 0:
            _become_det(job)
            code = _exit_code(main, job["arguments"])
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)  # taking down an interpreter takes longer than most commands
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


@functools.lru_cache(maxsize=1)
def _loaded(master: str) -> Callable[[list[str]], None]:
    """The entry point of `det` with its parser made; the master's address is a default of the parser."""
    os.environ.update(DET_MASTER=master, COLUMNS=COLUMNS)
    sys.argv = ["det"]
    for name in [name for name in sys.modules if name.startswith("determined.cli")]:
        del sys.modules[name]  # they keep what they made of an earlier parser
    module: Any = importlib.import_module("determined.cli.cli")
    parser = module.make_parser()
    declarations = importlib.import_module("determined.cli._declarative_argparse")
    declarations.add_args(parser, module.all_args_description)
    module.make_parser, module.cli.add_args = lambda: parser, lambda *_: None
    return module.main


def _exit_code(main: Callable[[list[str]], None], arguments: list[str]) -> int:
    try:
        main(arguments)
    except SystemExit as stop:
        if isinstance(stop.code, str):
            print(stop.code, file=sys.stderr)
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _become_det(job: Mapping[str, Any]) -> None:
    os.setsid()
    signal.alarm(PATIENCE)
    os.chdir(job["folder"])
    os.environ.clear()
    os.environ.update(job["environment"])
    time.tzset()
    for number, (name, flags) in enumerate(STREAMS.items()):
        os.dup2(os.open(job["files"][name], flags), number)
        setattr(sys, name, os.fdopen(number, "r" if name == "stdin" else "w", encoding="utf-8", closefd=False))


if __name__ == "__main__":
    serve_forks()
