"""How adaptive ASHA spreads its trials over brackets that stop early more or less eagerly.

Mirrors the brackets of adaptive_asha.go.
"""

from __future__ import annotations

from dataclasses import dataclass

from fakedet.domain.searchers.go_math import log, power
from fakedet.domain.searchers.settings import SearcherSettings


@dataclass(frozen=True)
class Bracket:
    """One successive halving within adaptive ASHA."""

    num_rungs: int
    max_trials: int
    max_concurrent_trials: int


def make_brackets(settings: SearcherSettings) -> list[Bracket]:
    """The brackets of a search, the one that stops the most trials first."""
    rungs = sorted(settings.bracket_rungs or _rungs_of_mode(settings.mode, _most_rungs(settings)), reverse=True)
    trials = trials_of_brackets(settings.max_trials, settings.divisor, rungs)
    concurrent = concurrency_of_brackets(settings.max_concurrent_trials, settings.divisor, trials)
    return [Bracket(*shape) for shape in zip(rungs, trials, concurrent)]


def trials_of_brackets(max_trials: int, divisor: float, rungs: list[int]) -> list[int]:
    """Shares of `max_trials` that cost each bracket about the same training; the first takes what is left over."""
    weights = [power(divisor, float(num_rungs - 1)) / num_rungs for num_rungs in rungs]
    total = 0.0
    for weight in weights:  # sum() adds more exactly from Python 3.12 on
        total += weight
    trials = [max(int(weight / total * max_trials), 1) for weight in weights]
    trials[0] += max(max_trials - sum(trials), 0)
    return trials


def concurrency_of_brackets(max_concurrent: int, divisor: float, trials: list[int]) -> list[int]:
    """An even share each, the first ones taking the remainder; without a limit, as many as the smallest needs."""
    if max_concurrent == 0:
        return [max(trials[-1], int(divisor))] * len(trials)
    share, remainder = divmod(max(max_concurrent, len(trials)), len(trials))
    return [share + (bracket < remainder) for bracket in range(len(trials))]


def _most_rungs(settings: SearcherSettings) -> int:
    """So many that at least one trial reaches the top."""
    return min(
        settings.max_rungs,
        int(log(settings.max_time) / log(settings.divisor)) + 1,
        int(log(settings.max_trials) / log(settings.divisor)) + 1,
    )


def _rungs_of_mode(mode: str, most: int) -> list[int]:
    fewest = {"conservative": 1, "standard": (most - 1) // 2 + 1, "aggressive": most}[mode]
    return list(range(fewest, most + 1))
