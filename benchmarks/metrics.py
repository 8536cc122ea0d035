"""What metrics cost as reports grow: one more report, the trial with its summary, down-sampled series, pages of streams and workloads; memory.

    python -m benchmarks.metrics
"""
from __future__ import annotations

import json
import math
import sys
import time
from typing import Any, Callable

from benchmarks.logs import _resident, _signed_in, _trial
from benchmarks.side_by_side import medians, report
from fakedet.contract.sending import to_world
from fakedet.gateway import app
from fakedet.gateway.http import HttpRequest
from fakedet.settings import Settings
from fakedet.world import World

SIZES = (1_000, 100_000, 200_000)
READS = {
    "the trial with its summary": "trials/{trial}",
    "series of a thousand points": "trials/time-series?trialIds={trial}&metricNames=loss&metricType=METRIC_TYPE_TRAINING&maxDatapoints=1000",
    "series of a hundred points in a range": "trials/time-series?trialIds={trial}&metricNames=loss&metricType=METRIC_TYPE_TRAINING"
                                             "&maxDatapoints=100&startBatches=200&endBatches=900",
    "last hundred workloads": "trials/{trial}/workloads?limit=100&orderBy=ORDER_BY_DESC",
    "a hundred workloads by a metric (reads all)": "trials/{trial}/workloads?limit=100&sortKey=loss",
    "the trials of the experiment": "experiments/1/trials",
}

LINES = {
    "first line of the stream of reports": "trials/metrics/training_metrics?trialIds={trial}",
    "names of metrics": "experiments/metrics-stream/metric-names?ids=1",
}


def main(sizes: tuple[int, ...] = SIZES) -> None:
    """Print milliseconds and ratios to the smallest size."""
    worlds = {size: _Reports(size) for size in sizes}
    for name, path in READS.items():
        _report(name, {size: world.reader(path) for size, world in worlds.items()}, 5)
    for name, path in LINES.items():
        _report(name, {size: world.line_reader(path) for size, world in worlds.items()}, 5)
    _report("one more training report", {size: world.report for size, world in worlds.items()}, 50)
    _report("one more validation report", {size: (lambda world=world: world.report("validation")) for size, world in worlds.items()}, 50)


def _report(name: str, ways: dict[int, Callable[[], object]], rounds: int) -> None:
    report(name, medians({f"of {size} reports": way for size, way in ways.items()}, rounds=rounds), f"of {min(ways)} reports")


class _Reports:
    """An unmanaged trial with so many reports, a tenth of them validations."""

    def __init__(self, size: int):
        before, begun = _resident(), time.perf_counter()
        self.world, self._step = World(Settings(trials="manual")), 0
        self._send, self._headers = to_world(self.world), {}
        self._headers = _signed_in(self._json)
        self.trial, _ = _trial(self._json)
        while self._step < size:
            self.report("validation" if self._step % 10 == 0 else "training")
        took = time.perf_counter() - begun
        print(f"{size} reports: {size / took:,.0f} a second, {(_resident() - before) / 2**20:.0f} MiB")

    def report(self, group: str = "training") -> None:
        """Report the next step."""
        self._step += 1
        values = {"loss": math.exp(-self._step / 1e5), "accuracy": self._step % 997 / 997, "learning_rate": 0.001}
        self._json("POST", f"/api/v1/trials/{self.trial}/metrics",
                   {"group": group, "metrics": {"trialRunId": 0, "stepsCompleted": self._step, "metrics": {"avgMetrics": values}}})

    def reader(self, path: str) -> Callable[[], object]:
        """What reads this path."""
        target = "/api/v1/" + path.format(trial=self.trial)
        return lambda: self._send("GET", target, self._headers, None)

    def line_reader(self, path: str) -> Callable[[], object]:
        """What reads the first line of this stream, as a client that reads no further."""
        target, _, query = ("/api/v1/" + path.format(trial=self.trial)).partition("?")
        headers = {name.lower(): value for name, value in self._headers.items()}
        return lambda: next(iter(app.answer(self.world, HttpRequest("GET", target, query, headers, b"")).body))

    def _json(self, method: str, path: str, body: object) -> Any:
        status, _, reply = self._send(method, path, self._headers, json.dumps(body).encode())
        assert status == 200, reply
        return json.loads(reply)


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
