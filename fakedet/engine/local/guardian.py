"""Stands between the master and the processes of one task: `python guardian.py FOLDER RUBBISH COMMAND...`, run as a script.

It ends with the exit code of COMMAND, after everything that COMMAND has started; then nothing of FOLDER and of the paths that RUBBISH
matches is left. A byte on its standard input kills at once, the input's end (the master is gone, however it went) after a moment of grace.
Standard library only; it knows nothing of the rest of fakedet.
"""
from __future__ import annotations

import contextlib
import glob
import os
import select
import shutil
import signal
import subprocess
import sys
import time

#: Seconds that processes have to end after SIGTERM when the master is gone.
GRACE = 1.0
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def main(folder: str, rubbish: str, command: list[str]) -> int:
    """Run the command and clean up after it; its exit code, 128 + N for one that signal N has ended."""
    _linux(PR_SET_CHILD_SUBREAPER, 1)
    wake = _woken_by_children()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_die_with_parent)
    _leave_output_to_the_task()
    status = _wait(child, wake)
    _kill_everything()
    shutil.rmtree(folder, ignore_errors=True)
    for path in glob.glob(rubbish) if rubbish else ():
        _remove(path)
    return status


def _wait(child: "subprocess.Popen[bytes]", wake: int) -> int:
    """Until the child has ended, by itself or because the master says so."""
    sources = [wake, 0]
    while child.poll() is None:
        ready = select.select(sources, [], [])[0]
        if wake in ready:
            os.read(wake, 4096)
        if 0 in ready:
            sources.remove(0)
            if not os.read(0, 1):
                _terminate_everything()
            _kill_everything(child)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


def _terminate_everything() -> None:
    deadline = time.monotonic() + GRACE
    for pid in _descendants():
        _signal(pid, signal.SIGTERM)
    while _descendants() and time.monotonic() < deadline:
        _reap()
        time.sleep(0.02)


def _kill_everything(child: "subprocess.Popen[bytes] | None" = None) -> None:
    """Until nothing is left: processes may still be starting others. Whoever adopts the ended ones after this process may be slow to."""
    while left := _descendants():
        for pid in left:
            _signal(pid, signal.SIGKILL)
        time.sleep(0.002)
    if child is not None:
        child.poll()
    _reap(child)


def _reap(child: "subprocess.Popen[bytes] | None" = None) -> None:
    """Take note of the end of processes that have fallen to this one; the child's own end is left to its object."""
    for pid in _descendants(states="Z"):
        if child is None or pid != child.pid:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def _descendants(states: str = "") -> list[int]:
    """All processes below this one; only those in one of `states`, else those that have not ended."""
    children: dict[int, list[tuple[int, str]]] = {}
    for pid, parent, state in _processes():
        children.setdefault(parent, []).append((pid, state))
    found, pending = [], [os.getpid()]
    while pending:
        for pid, state in children.get(pending.pop(), ()):
            pending.append(pid)
            if state in states or (not states and state != "Z"):
                found.append(pid)
    return found


def _processes() -> list[tuple[int, int, str]]:
    """(pid, parent, state) of every process of this machine."""
    if not os.path.isdir("/proc/self"):
        listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,state=,comm="], capture_output=True, text=True).stdout
        rows = [line.split(None, 3) for line in listing.splitlines()]
        return [(int(pid), int(parent), state[0]) for pid, parent, state, name in rows if name != "ps"]
    return [entry for name in os.listdir("/proc") if name.isdigit() and (entry := _of_proc(name))]


def _of_proc(name: str) -> tuple[int, int, str] | None:
    try:
        with open(f"/proc/{name}/stat", "rb") as file:
            state, parent = file.read().rpartition(b")")[2].split()[:2]
    except OSError:
        return None
    return int(name), int(parent), state.decode()


def _woken_by_children() -> int:
    """A descriptor that can be read when a child has ended."""
    readable, writable = os.pipe()
    os.set_blocking(writable, False)
    signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return readable


def _leave_output_to_the_task() -> None:
    """The pipes shall end when the task's processes have ended."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)


def _die_with_parent() -> None:
    """Should even the guardian be killed."""
    _linux(PR_SET_PDEATHSIG, signal.SIGKILL)


def _linux(option: int, value: int) -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):
        shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.remove(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
