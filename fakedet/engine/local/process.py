"""The processes of one task of this machine, with the guardian over them: what they print, how they end, killing them all."""
from __future__ import annotations

import contextlib
import os
import selectors
import subprocess
import sys
from pathlib import Path
from typing import Any, Iterator, Mapping, NamedTuple, Sequence

from fakedet.domain.go_tar import Entry
from fakedet.engine.local import task_files
from fakedet.engine.local.log_lines import LineSplitter, log_line

GUARDIAN = Path(__file__).with_name("guardian.py")
#: Lines are handed on when none has come for this long, in seconds, and at the latest when so many have.
QUIET, BATCH = 0.05, 1000


class Launch(NamedTuple):
    """What to run: the files that it finds (`info`: by name), its environment; `rubbish`: a pattern of paths that it may leave elsewhere."""

    command: Sequence[str]
    environment: Mapping[str, str]
    files: Sequence[Entry] = ()
    info: Mapping[str, Mapping[str, Any]] = {}
    rubbish: str = ""


class TaskProcess:
    """A task that runs in a folder of its own, which is gone when it has ended."""

    def __init__(self, launch: Launch, folder: Path):
        task_files.fill(folder, launch.files, launch.info)
        argv = [sys.executable, "-I", "-S", str(GUARDIAN), str(folder), launch.rubbish, *launch.command]
        self._process = subprocess.Popen(argv, cwd=folder / task_files.WORK, env=dict(launch.environment), stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, bufsize=0)

    @property
    def pid(self) -> int:
        """Of the guardian."""
        return self._process.pid

    def kill(self) -> None:
        """End all of it at once."""
        self._tell(b"k")

    def abandon(self) -> None:
        """The master goes: let it end."""
        self._tell(b"")

    def wait(self) -> int:
        """The exit code, once all has ended."""
        code = self._process.wait()
        self._tell(b"")
        return code if code >= 0 else 128 - code

    def output(self) -> Iterator[list[dict[str, Any]]]:
        """The lines that it prints, in batches, until there are no more."""
        batch: list[dict[str, Any]] = []
        with selectors.DefaultSelector() as selector:
            for name in ("stdout", "stderr"):
                selector.register(getattr(self._process, name), selectors.EVENT_READ, (name, LineSplitter()))
            while selector.get_map():
                ready = selector.select(QUIET if batch else None)
                batch += [line for key, _ in ready for line in _read(selector, key)]
                if batch and (not ready or len(batch) >= BATCH):
                    yield batch
                    batch = []
        if batch:
            yield batch

    def _tell(self, message: bytes) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        with contextlib.suppress(OSError, ValueError):
            if message:
                stdin.write(message)
            else:
                stdin.close()


def _read(selector: selectors.BaseSelector, key: selectors.SelectorKey) -> Iterator[dict[str, Any]]:
    name, splitter = key.data
    piece = os.read(key.fd, 65536)
    if not piece:
        selector.unregister(key.fileobj)
        key.fileobj.close()  # type: ignore[union-attr]
    for text in splitter.fed(piece) if piece else splitter.ended():
        yield {**log_line(text), "stdtype": name}
