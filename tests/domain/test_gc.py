"""The collection of checkpoints: the documented policy table, the golden cases, laws.

Where the documentation promises something else than 0.38.1 does, both are given.
"""
from __future__ import annotations

import math
import random
import re
import time
from pathlib import Path
from typing import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakedet.domain.gc import Candidate, Policy, Ranking, collected, plan

GOLDEN = Path(__file__).parents[2] / "fixtures" / "golden" / "gc_cases.txt"
WORD = re.compile(r"(?P<id>\d+)@(?P<batch>\d+|\?)=(?P<metric>A\.\d|[+-]?(?:Inf|NaN|\.\d+)|–|~|\^)(?P<flag>[RWDPEaST]?)")
SEMANTICS = pytest.mark.parametrize("semantics", ["documented", "upstream"])


def candidates_of(text: str) -> list[Candidate]:
    """Candidates in the notation of the golden cases, joined with the validations of their trials."""
    words = [(part.split(":")[0].strip(), word) for part in text.split(";") for word in WORD.finditer(part)]
    validations = {
        (trial, word["batch"]): (int(word["id"]), None if word["metric"] == "~" else float(word["metric"]))
        for trial, word in words
        if word["metric"] not in "–^" and word["metric"][0] != "A"
    }
    return [candidate_of(int(trial[1:]), word, *validations.get((trial, word["batch"]), ())) for trial, word in words]


def candidate_of(trial: int, word: re.Match[str], validation: int | None = None, metric: float | None = None) -> Candidate:
    steps = None if word["batch"] == "?" else int(word["batch"])
    return Candidate(int(word["id"]), trial, steps, validation, metric, word["flag"] == "R", word["flag"] == "W")


def golden_cases() -> Iterator[tuple[str, str, str, str, str]]:
    lines = GOLDEN.read_text(encoding="utf-8").splitlines()
    for direction, trials, policies in (line.split(" | ") for line in lines if not line.startswith("#")):
        for policy, _, ids in (policy.partition(":") for policy in policies.split()):
            documented, _, upstream = ids.partition("/")
            yield direction, trials, policy, documented, upstream or documented


def kept(candidates: list[Candidate], digits: str, **how) -> str:
    verdicts = plan(candidates, Policy(*map(int, digits)), **how)
    return ",".join(str(verdict.checkpoint) for verdict in verdicts if verdict.kept) or "-"


@SEMANTICS
@pytest.mark.parametrize(("direction", "trials", "policy", "documented", "upstream"), list(golden_cases()))
def test_golden_cases_keep_what_the_master_keeps(direction, trials, policy, documented, upstream, semantics):
    expected = documented if semantics == "documented" else upstream
    assert kept(candidates_of(trials), policy, smaller_is_better=direction == "min", semantics=semantics) == expected


#: The example of the documentation: two trials with five checkpoints each; {} is where it shows no metric.
GUIDE = (
    "T1: 1@100={0} 2@200={0} 3@300=.6 4@400=.5 5@500=.4; "
    "T2: 6@{1}00={0} 7@{2}00=.2 8@{3}00=.3 9@{4}00={0} 10@{5}00={0}"
)
GUIDE_ROWS = [
    ("000", "-"),
    ("200", "7,8"),
    ("500", "3,4,5,7,8"),
    ("010", "5,7"),
    ("030", "3,4,5,7,8"),
    ("001", "5,10"),
    ("003", "3,4,5,8,9,10"),
    ("210", "5,7,8"),
    ("201", "5,7,8,10"),
    ("011", "5,7,10"),
    ("211", "5,7,8,10"),
]


def guide(unvalidated: str, first_batch: int = 1) -> list[Candidate]:
    return candidates_of(GUIDE.format(unvalidated, *range(first_batch, first_batch + 5)))


@pytest.mark.parametrize("first_batch", [1, 11])
@pytest.mark.parametrize("unvalidated", ["–", "~"])
@pytest.mark.parametrize(("policy", "expected"), GUIDE_ROWS)
def test_the_documented_table_holds(policy, expected, unvalidated, first_batch):
    assert kept(guide(unvalidated, first_batch), policy) == expected


@pytest.mark.parametrize(("policy", "expected"), GUIDE_ROWS)
def test_the_documented_table_holds_upstream_where_every_step_has_a_validation(policy, expected):
    assert kept(guide("~"), policy, semantics="upstream") == expected


@pytest.mark.parametrize(
    ("policy", "first_batch", "expected"),
    [("001", 1, "5,8,10"), ("011", 1, "5,7,8,10"), ("003", 1, "2,3,4,5,7,8,9,10"), ("003", 11, "3,4,5,6,7,8,9,10")],
)
def test_unvalidated_checkpoints_of_all_trials_compete_upstream(policy, first_batch, expected):
    assert kept(guide("–", first_batch), policy, semantics="upstream") == expected


def test_the_reason_names_the_rule_and_the_place():
    rows = candidates_of("T1: 1@100=.2 2@200=.4 3@300=.3 4@400=.8 5@500=.7R 6@600=.6W 7@700=.9; T2: 8@100=.1")
    reasons = {verdict.checkpoint: verdict.reason for verdict in plan(rows, Policy(2, 2, 1))}
    assert reasons == {
        8: "experiment best 1",
        1: "experiment best 2",
        3: "trial best 2",
        7: "trial latest 1",
        5: "registered",
        6: "warm start source",
        2: "collected",
        4: "collected",
    }


METRICS = st.none() | st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 0.5]) | st.floats(-1, 1)
SMALL = st.integers(0, 4)


@st.composite
def experiments(draw) -> list[Candidate]:
    """Candidates of up to four trials, some sharing a validation, some without one."""
    rows, validations = [], {}
    for number in range(draw(st.integers(0, 14))):
        trial, steps = draw(SMALL), draw(st.none() | SMALL)
        if steps is not None and draw(st.booleans()):
            validations.setdefault((trial, steps), (number, draw(METRICS)))
        rows.append((number, trial, steps, draw(SMALL) == 0, draw(SMALL) == 0))
    return [Candidate(n, trial, steps, *validations.get((trial, steps), (None, None)), *flags) for n, trial, steps, *flags in rows]


POLICIES = st.builds(Policy, SMALL, SMALL, SMALL)
DIRECTIONS = st.booleans()
READINGS = st.sampled_from(["documented", "upstream"])


@given(experiments(), POLICIES, POLICIES, DIRECTIONS, READINGS)
def test_a_looser_policy_never_collects_more(rows, policy, more, smaller_is_better, semantics):
    looser = Policy(*(least + extra for least, extra in zip(policy, more, strict=True)))
    how = {"smaller_is_better": smaller_is_better, "semantics": semantics}
    assert set(collected(plan(rows, looser, **how))) <= set(collected(plan(rows, policy, **how)))


@given(experiments(), POLICIES, DIRECTIONS, READINGS)
def test_registered_ones_and_warm_start_sources_are_never_collected(rows, policy, smaller_is_better, semantics):
    gone = set(collected(plan(rows, policy, smaller_is_better=smaller_is_better, semantics=semantics)))
    assert not gone & {row.checkpoint for row in rows if row.is_registered or row.is_warm_start_source}


@given(experiments(), POLICIES, DIRECTIONS, READINGS)
def test_the_plan_is_the_selection_restated(rows, policy, smaller_is_better, semantics):
    ranking = Ranking(rows, smaller_is_better=smaller_is_better, semantics=semantics)
    gone = collected(ranking.verdicts(policy))
    assert gone == ranking.collected(policy) == selected(rows, policy, 1 if smaller_is_better else -1, semantics)


def test_the_plans_of_five_thousand_random_experiments_are_the_selection_restated():
    chance = random.Random(5)
    for _ in range(5000):
        rows, policy = random_experiment(chance), Policy(*(chance.randrange(4) for _ in range(3)))
        smaller_is_better, semantics = chance.random() < 0.5, chance.choice(["documented", "upstream"])
        gone = Ranking(rows, smaller_is_better=smaller_is_better, semantics=semantics).collected(policy)
        assert gone == selected(rows, policy, 1 if smaller_is_better else -1, semantics)


def random_experiment(chance: random.Random) -> list[Candidate]:
    """Up to a dozen candidates of up to three trials; those of the same step share a validation."""
    rows, validations = [], {}
    for number in range(chance.randrange(13)):
        trial, steps = chance.randrange(3), chance.choice([None, 1, 2, 3, 4])
        if steps is not None and chance.random() < 0.7:
            validations.setdefault((trial, steps), (number, chance.choice([None, math.nan, math.inf, -math.inf, 0.5, chance.random()])))
        rows.append(Candidate(number, trial, steps, *validations.get((trial, steps), (None, None)), chance.random() < 0.2, chance.random() < 0.2))
    return rows


def selected(rows: list[Candidate], policy: Policy, sign: int, semantics: str) -> list[int]:
    """The master's query, read clause by clause: a rank is one more than the number of rows that sort before."""
    ranking = [row for row in rows if not row.is_warm_start_source]

    def partition(row):
        return row.trial_id if semantics == "documented" or row.validation_id is not None else None

    def by_metric(row):
        value = math.inf if row.metric is None or math.isnan(row.metric) else sign * row.metric
        return row.metric is None, math.isnan(row.metric or 0), value, row.validation_id or 0

    def by_steps(row):
        return -math.inf if row.steps_completed is None else -row.steps_completed

    def rank(row, key, among):
        return 1 + sum(key(other) < key(row) for other in among)

    def is_selected(row):
        peers = [other for other in ranking if partition(other) == partition(row)]
        best = rank(row, by_metric, ranking) > policy.experiment_best and rank(row, by_metric, peers) > policy.trial_best
        late = rank(row, by_steps, peers) > policy.trial_latest
        return (best or row.metric is None) and late and not row.is_registered

    return [row.checkpoint for row in ranking if is_selected(row)]


def test_a_hundred_thousand_checkpoints_are_planned_in_a_few_seconds_at_most():
    rows = [Candidate(n, n % 100, n // 100, n, (n * 7919 % 100_003) / 100_003) for n in range(100_000)]
    started = time.process_time()
    assert len(collected(plan(rows, Policy(10, 1, 1)))) > 99_000
    assert time.process_time() - started < 10
