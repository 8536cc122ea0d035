"""What logs cost as they grow: a tail, a filtered page, a rare text, one more post; their memory; a start on them; how late a follower is.

    python -m benchmarks.logs
"""
from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Callable, Iterator

import requests

from benchmarks.serve_ready import _until_ready
from benchmarks.side_by_side import medians, report
from fakedet.contract.sending import to_world
from fakedet.settings import Settings
from fakedet.world import World

SIZES = (10_000, 1_000_000)
IN_A_POST = 1_000
LIVE_LINES = 500
READS = {
    "tail of a hundred": "limit=100&orderBy=ORDER_BY_DESC",
    "first page of a hundred of a rank": "limit=100&rankIds=3",
    "last page of a hundred of a level": "limit=100&levels=LOG_LEVEL_ERROR&orderBy=ORDER_BY_DESC",
    "a hundred of a minute in the middle": "limit=100&timestampAfter=2026-01-05T09%3A00%3A05Z&timestampBefore=2026-01-05T09%3A01%3A00Z",
    "lines with a text that is nowhere": "limit=100&searchText=CUDA+out+of+memory",
}


def main() -> None:
    """Print milliseconds and ratios of the larger log to the smaller."""
    with tempfile.TemporaryDirectory() as folder:
        logs = {size: _Log(size, Path(folder) / str(size)) for size in SIZES}
        for name, query in READS.items():
            _report(name, {size: log.reader(query) for size, log in logs.items()}, 5)
        _report("fields", {size: log.reader("", "/fields") for size, log in logs.items()}, 5)
        _report("post of ten lines", {size: (lambda log=log: log.post(10)) for size, log in logs.items()}, 50)
        for log in logs.values():
            log.world.close()
        _report("serve --data until ready", {size: lambda size=size: _until_ready("--data", str(Path(folder) / str(size))) for size in SIZES}, 3)
    _print_latency()


def _report(name: str, ways: dict[int, Callable[[], object]], rounds: int) -> None:
    report(name, medians({f"of {size} lines": way for size, way in ways.items()}, rounds=rounds), f"of {SIZES[0]} lines")


class _Log:
    """A trial with so many lines in a world that is kept in a folder, filled as clients do: a thousand lines a post."""

    def __init__(self, size: int, directory: Path):
        before, begun = _resident(), time.perf_counter()
        self.world, self._size = World(Settings(trials="manual"), directory=directory), 0
        self._send, self._headers = to_world(self.world), {}
        self._headers = _signed_in(self._json)
        self.trial, self.task = _trial(self._json)
        while self._size < size:
            self.post(IN_A_POST)
        took, on_disk = time.perf_counter() - begun, sum(path.stat().st_size for path in directory.iterdir())
        print(f"{size} lines: {size / took:,.0f} posted a second, memory {(_resident() - before) / 2**20:.0f} MiB, {on_disk / 2**20:.0f} MiB on disk")

    def post(self, count: int) -> None:
        """Post the next lines."""
        self._json("POST", "/api/v1/task/logs", {"logs": [_line(self.task, self._size + number) for number in range(count)]})
        self._size += count
        if self._size % 100_000 == 0:
            self.world.exchanges.clear()

    def reader(self, query: str, path: str = "") -> Callable[[], object]:
        """What reads the trial's log."""
        return lambda: self._send("GET", f"/api/v1/trials/{self.trial}/logs{path}?{query}", self._headers, None)

    def _json(self, method: str, path: str, body: object) -> Any:
        status, _, reply = self._send(method, path, self._headers, json.dumps(body).encode())
        assert status == 200, reply
        return json.loads(reply)


def _line(task_id: str, number: int) -> dict[str, Any]:
    seconds, milliseconds = divmod(number * 10, 1000)
    time_text = f"2026-01-05T{9 + seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{milliseconds:03d}Z"
    return {"taskId": task_id, "allocationId": f"{task_id}.1", "agentId": "agent1", "containerId": "f6114bb3-aaaa-4bbb-8ccc-dddddddddddd",
            "rankId": number % 4, "timestamp": time_text, "source": "task", "stdtype": "stdout",
            "level": "LOG_LEVEL_ERROR" if number % 5_000 == 0 else "LOG_LEVEL_INFO",
            "log": f"Epoch {number // 100} batch {number}: loss={1 / (number + 1):.6f} accuracy={number % 997 / 997:.4f} data_wait=0.002s\n"}


def _signed_in(send: Callable[..., Any]) -> dict[str, str]:
    return {"Authorization": "Bearer " + send("POST", "/api/v1/auth/login", {"username": "admin", "password": ""})["token"]}


def _trial(send: Callable[..., Any]) -> tuple[int, str]:
    config = json.dumps({"name": "e", "searcher": {"name": "single", "metric": "loss"}})
    experiment = send("POST", "/api/v1/experiments", {"config": config, "unmanaged": True})["experiment"]["id"]
    trial = send("POST", "/api/v1/trials", {"experimentId": experiment, "hparams": {}, "unmanaged": True})["trial"]
    return trial["id"], trial["taskId"]


def _resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _print_latency() -> None:
    """Milliseconds from the beginning of a post until a follower has the line, beside those of the post; the master is a process of its own."""
    command = [sys.executable, "-m", "fakedet", "serve", "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process, requests.Session() as session:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        session.headers.update(_signed_in(lambda *request: _sent(session, url, *request)))
        trial, task_id = _trial(lambda *request: _sent(session, url, *request))
        posted, late = _followed(session, url, trial, task_id)
        process.kill()
    for name, found in (("posting a line", posted), ("until a follower has it", late)):
        cuts = statistics.quantiles(found, n=20)
        print(f"{name}: p50 {cuts[9]:.2f} ms, p95 {cuts[18]:.2f} ms, {cuts[9] / statistics.median(posted):.2f}x")


def _sent(session: requests.Session, url: str, method: str, path: str, body: object) -> Any:
    return session.request(method, url + path, json=body).json()


def _followed(session: requests.Session, url: str, trial: int, task_id: str) -> tuple[list[float], list[float]]:
    seen: list[float] = []
    logs = f"{url}/api/v1/trials/{trial}/logs?follow=true"
    reader = threading.Thread(target=lambda: seen.extend(_times(logs, dict(session.headers))), daemon=True)
    reader.start()
    begun, posted = [], []
    for number in range(LIVE_LINES):
        begun.append(time.perf_counter())
        _sent(session, url, "POST", "/api/v1/task/logs", {"logs": [_line(task_id, number)]})
        posted.append((time.perf_counter() - begun[-1]) * 1000)
        time.sleep(0.002)
    reader.join(30)
    return posted, [(arrival - start) * 1000 for start, arrival in zip(begun, seen)]


def _times(url: str, headers: dict[str, Any]) -> Iterator[float]:
    with requests.get(url, headers=headers, stream=True) as reply:
        for number, _ in enumerate(reply.iter_lines(chunk_size=1), 1):
            yield time.perf_counter()
            if number == LIVE_LINES:
                return


if __name__ == "__main__":
    main()
