"""Times several ways of doing the same thing in turns, so that a slower or faster moment of the machine hits all of them alike."""
from __future__ import annotations

import statistics
import time
from typing import Callable, Mapping, Sequence


def medians(ways: Mapping[str, Callable[[], object]], *, rounds: int = 30, calls: int = 1) -> dict[str, float]:
    """Milliseconds per call of each way: the median over `rounds` turns of `calls` calls."""
    return {name: statistics.median(values) for name, values in timed(ways, rounds=rounds, calls=calls).items()}


def timed(ways: Mapping[str, Callable[[], object]], *, rounds: int = 30, calls: int = 1) -> dict[str, list[float]]:
    """Milliseconds per call of each way in each of `rounds` turns of `calls` calls."""
    samples: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        way()
    for _ in range(rounds):
        for name, way in ways.items():
            begun = time.perf_counter()
            for _ in range(calls):
                way()
            samples[name].append((time.perf_counter() - begun) * 1000 / calls)
    return samples


def percentile(samples: Sequence[float], percent: int) -> float:
    """The sample below which that many percent lie."""
    return sorted(samples)[min(len(samples) - 1, len(samples) * percent // 100)]


def report(title: str, found: Mapping[str, float], base: str) -> None:
    """Print each way with its ratio to `base`."""
    print(title)
    for name, value in found.items():
        print(f"  {name:<44}{value:>10.3f} ms  {value / found[base]:>7.2f}x")
