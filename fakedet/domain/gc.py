"""Which checkpoints of an experiment its policy keeps, and by which rule.

Mirrors the selection query and what surrounds it (master: experiment/postgres_experiments.go, 0.24.0 to 0.38.1): three
competition rankings, by metric over the experiment and within the trial, and by steps within the trial. The older
selection, which looked at completed checkpoints with a training report only, is not here.
"""
from __future__ import annotations

from math import inf
from typing import Any, Iterable, Mapping, NamedTuple, Sequence

from fakedet.domain.semantics import DOCUMENTED, UPSTREAM


class Policy(NamedTuple):
    """How many checkpoints to keep: an experiment config's save_experiment_best, save_trial_best and save_trial_latest."""

    experiment_best: int = 0
    trial_best: int = 1
    trial_latest: int = 1


class Candidate(NamedTuple):
    """A checkpoint, in whatever state, of the experiment.

    validation_id: of its trial's validation with the same step count that is not archived, if there is one; earlier
    reports have smaller ids. metric: the searcher metric in that validation, if it is there.
    """

    checkpoint: Any
    trial_id: int
    steps_completed: int | None = None
    validation_id: int | None = None
    metric: float | None = None
    is_registered: bool = False
    is_warm_start_source: bool = False


class Ranks(NamedTuple):
    """Places from 1; equal ones share a place. A checkpoint without metric has none among the best."""

    experiment_best: int | None
    trial_best: int | None
    trial_latest: int


class Verdict(NamedTuple):
    """What happens to a checkpoint, why, and its ranks (None for warm start sources: they take no part)."""

    checkpoint: Any
    kept: bool
    reason: str
    ranks: Ranks | None = None


def plan(
    candidates: Sequence[Candidate], policy: Policy, *, smaller_is_better: bool = True, semantics: str = DOCUMENTED
) -> list[Verdict]:
    """A verdict for each candidate, in their order."""
    ranks = _ranked(candidates, smaller_is_better, semantics)
    return [_verdict(candidate, ranks.get(number), policy) for number, candidate in enumerate(candidates)]


def collected(verdicts: Iterable[Verdict]) -> list[Any]:
    """The checkpoints that go."""
    return [verdict.checkpoint for verdict in verdicts if not verdict.kept]


def _verdict(candidate: Candidate, ranks: Ranks | None, policy: Policy) -> Verdict:
    if ranks is None:
        return Verdict(candidate.checkpoint, True, "warm start source")
    reason = _rule_that_keeps(ranks, policy) or ("registered" if candidate.is_registered else None)
    return Verdict(candidate.checkpoint, reason is not None, reason or "collected", ranks)


def _rule_that_keeps(ranks: Ranks, policy: Policy) -> str | None:
    if ranks.experiment_best is not None and ranks.experiment_best <= policy.experiment_best:
        return f"experiment best {ranks.experiment_best}"
    if ranks.trial_best is not None and ranks.trial_best <= policy.trial_best:
        return f"trial best {ranks.trial_best}"
    if ranks.trial_latest <= policy.trial_latest:
        return f"trial latest {ranks.trial_latest}"
    return None


def _ranked(candidates: Sequence[Candidate], smaller_is_better: bool, semantics: str) -> dict[int, Ranks]:
    """Ranks by position in `candidates`. Registered and deleted checkpoints take places too, warm start sources do not."""
    ranking = {number: candidate for number, candidate in enumerate(candidates) if not candidate.is_warm_start_source}
    sign = 1 if smaller_is_better else -1
    goodness = {n: _goodness(candidate, sign) for n, candidate in ranking.items() if candidate.metric is not None}
    lateness = {n: _lateness(candidate) for n, candidate in ranking.items()}
    best_first, latest_first = sorted(goodness, key=goodness.__getitem__), sorted(lateness, key=lateness.__getitem__)
    best = _places(best_first, goodness, dict.fromkeys(goodness))
    trial_best = _places(best_first, goodness, {n: candidates[n].trial_id for n in goodness})
    trials = {n: _trial_for_latest(candidate, semantics) for n, candidate in ranking.items()}
    latest = _places(latest_first, lateness, trials)
    return {n: Ranks(best.get(n), trial_best.get(n), latest[n]) for n in ranking}


def _goodness(candidate: Candidate, sign: int) -> tuple[Any, ...]:
    """Sorts the best first, NaN last in both directions, equal metrics by the earlier validation."""
    metric = candidate.metric or 0
    return (True, 0, candidate.validation_id) if metric != metric else (False, sign * metric, candidate.validation_id)


def _lateness(candidate: Candidate) -> float:
    """Sorts the latest first; PostgreSQL's descending order puts missing steps before all others."""
    return -inf if candidate.steps_completed is None else -candidate.steps_completed


def _trial_for_latest(candidate: Candidate, semantics: str) -> int | None:
    """Within what a checkpoint competes for "latest".

    DIFF: 0.38.1 takes the trial of the validation, so all checkpoints of the experiment that have none compete with
    each other (test_unvalidated_checkpoints_of_all_trials_compete_upstream).
    """
    if semantics == UPSTREAM and candidate.validation_id is None:
        return None
    return candidate.trial_id


def _places(ordered: Iterable[int], keys: Mapping[int, Any], groups: Mapping[int, int | None]) -> dict[int, int]:
    """Competition ranking within each group: equal keys share a place and the next place skips as many."""
    places: dict[int, int] = {}
    leaders: dict[int | None, tuple[int, Any, int]] = {}
    for number in ordered:
        group, key = groups[number], keys[number]
        seen, last_key, place = leaders.get(group, (0, None, 0))
        place = place if key == last_key else seen + 1
        leaders[group] = seen + 1, key, place
        places[number] = place
    return places
