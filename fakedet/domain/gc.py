"""Which checkpoints of an experiment its policy keeps, and by which rule.

Mirrors the selection query and what surrounds it (master: experiment/postgres_experiments.go, 0.24.0 to 0.38.1): three
competition rankings, by metric over the experiment and within the trial, and by steps within the trial. The older
selection, which looked at completed checkpoints with a training report only, is not here.
"""
from __future__ import annotations

from math import inf
from typing import Any, Iterable, NamedTuple, Sequence

from fakedet.domain.semantics import DOCUMENTED, UPSTREAM

#: For each candidate its place from 1, or None.
Places = list["int | None"]


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


class Ranking:
    """The checkpoints of an experiment with their places; made once, it answers for any number of policies."""

    def __init__(self, candidates: Sequence[Candidate], *, smaller_is_better: bool = True, semantics: str = DOCUMENTED):
        self._candidates = candidates
        numbers = [n for n, candidate in enumerate(candidates) if not candidate.is_warm_start_source]
        self._experiment_best, self._trial_best = _places_among_best(candidates, numbers, 1 if smaller_is_better else -1)
        self._trial_latest = _places_among_latest(candidates, numbers, semantics)

    def verdicts(self, policy: Policy) -> list[Verdict]:
        """What happens to each candidate, in their order."""
        return [self._verdict(n, candidate, policy) for n, candidate in enumerate(self._candidates)]

    def collected(self, policy: Policy) -> list[Any]:
        """The checkpoints that go."""
        places = zip(self._candidates, self._experiment_best, self._trial_best, self._trial_latest, strict=True)
        return [candidate.checkpoint for candidate, best, trial_best, latest in places
                if _rule_that_keeps(candidate, best, trial_best, latest, policy) is None]

    def _verdict(self, n: int, candidate: Candidate, policy: Policy) -> Verdict:
        best, trial_best, latest = self._experiment_best[n], self._trial_best[n], self._trial_latest[n]
        reason = _rule_that_keeps(candidate, best, trial_best, latest, policy)
        ranks = None if latest is None else Ranks(best, trial_best, latest)
        return Verdict(candidate.checkpoint, reason is not None, reason or "collected", ranks)


def plan(
    candidates: Sequence[Candidate], policy: Policy, *, smaller_is_better: bool = True, semantics: str = DOCUMENTED
) -> list[Verdict]:
    """A verdict for each candidate, in their order."""
    return Ranking(candidates, smaller_is_better=smaller_is_better, semantics=semantics).verdicts(policy)


def collected(verdicts: Iterable[Verdict]) -> list[Any]:
    """The checkpoints that go."""
    return [verdict.checkpoint for verdict in verdicts if not verdict.kept]


def _rule_that_keeps(candidate: Candidate, experiment_best: int | None, trial_best: int | None, trial_latest: int | None,
                     policy: Policy) -> str | None:
    """Why a checkpoint with these places stays; None if it goes."""
    if trial_latest is None:
        return "warm start source"
    if experiment_best is not None and experiment_best <= policy.experiment_best:
        return f"experiment best {experiment_best}"
    if trial_best is not None and trial_best <= policy.trial_best:
        return f"trial best {trial_best}"
    if trial_latest <= policy.trial_latest:
        return f"trial latest {trial_latest}"
    return "registered" if candidate.is_registered else None


def _places_among_best(candidates: Sequence[Candidate], numbers: Iterable[int], sign: int) -> tuple[Places, Places]:
    """Places in the experiment and in the trial, of those that have a metric.

    Registered and deleted checkpoints take places too, warm start sources (who are not among `numbers`) do not.
    """
    overall, within = _no_places(candidates), _no_places(candidates)
    keyed = sorted((_goodness(candidates[n], sign), n) for n in numbers if candidates[n].metric is not None)
    counts: dict[int, int] = {}
    last_key, place, trial_place = None, 0, 0
    for seen, (key, n) in enumerate(keyed, 1):
        trial_id = candidates[n].trial_id
        counts[trial_id] = counts.get(trial_id, 0) + 1
        if key != last_key:  # equal ones share a validation, so a trial too
            last_key, place, trial_place = key, seen, counts[trial_id]
        overall[n], within[n] = place, trial_place
    return overall, within


def _goodness(candidate: Candidate, sign: int) -> tuple[bool, float, int]:
    """Sorts the best first, NaN last in both directions, equal metrics by the earlier validation."""
    metric, validation_id = candidate.metric or 0, candidate.validation_id or 0
    return (True, 0, validation_id) if metric != metric else (False, sign * metric, validation_id)


def _places_among_latest(candidates: Sequence[Candidate], numbers: Iterable[int], semantics: str) -> Places:
    """Places by steps: equal ones share a place and the next place skips as many. PostgreSQL puts missing steps before all others."""
    places = _no_places(candidates)
    keyed = sorted((inf if steps is None else steps, n) for n in numbers for steps in (candidates[n].steps_completed,))
    leaders: dict[int | None, tuple[int, float, int]] = {}
    for steps, n in reversed(keyed):
        group = _trial_for_latest(candidates[n], semantics)
        seen, last_steps, place = leaders.get(group, (0, None, 0))
        if steps != last_steps:
            place = seen + 1
        leaders[group] = seen + 1, steps, place
        places[n] = place
    return places


def _trial_for_latest(candidate: Candidate, semantics: str) -> int | None:
    """Within what a checkpoint competes for "latest".

    DIFF: 0.38.1 takes the trial of the validation, so all checkpoints of the experiment that have none compete with
    each other (test_unvalidated_checkpoints_of_all_trials_compete_upstream).
    """
    if semantics == UPSTREAM and candidate.validation_id is None:
        return None
    return candidate.trial_id


def _no_places(candidates: Sequence[Candidate]) -> Places:
    return [None] * len(candidates)
