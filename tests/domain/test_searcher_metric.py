"""What a trial remembers of its validations, held against reading them all."""
from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakedet.domain.errors import Internal
from fakedet.domain.searcher_metric import Goal, Validations, rank

VALUES = st.one_of(st.none(), st.sampled_from(["NaN", "Infinity", "-Infinity", "0.5"]), st.integers(-5, 5), st.floats(-5, 5))


def as_number(value):
    return None if value is None else float(value)


@pytest.mark.parametrize("sign", [1, -1])
@given(values=st.lists(VALUES, max_size=8))
def test_the_best_is_the_first_of_the_best_and_the_extremes_count_missing_ones_as_greatest(sign, values):
    goal = Goal("loss", sign)
    found = Validations.among(goal, ((number, {"loss": value}) for number, value in enumerate(values, 1)))
    having = [number for number, value in enumerate(values, 1) if value is not None]
    best = min(having, key=lambda number: rank(goal.signed(as_number(values[number - 1]))), default=None)
    assert (found.best_id, found.newest_id) == (best, len(values) or None)
    ranks = [rank(as_number(value)) for value in values]
    assert (found.least and rank(as_number(found.least["value"]))) == min(ranks, default=None)
    assert (found.greatest and rank(as_number(found.greatest["value"]))) == max(ranks, default=None)


def test_nan_is_worse_than_any_number_whichever_way_is_better():
    for sign in (1, -1):
        assert rank(Goal("loss", sign).signed(math.nan)) > rank(Goal("loss", sign).signed(sign * math.inf))


@pytest.mark.parametrize(("searcher", "sign"), [
    ({"metric": "loss"}, 1), ({"metric": "loss", "smaller_is_better": True}, 1), ({"metric": "loss", "smaller_is_better": None}, 1),
    ({"metric": "loss", "smaller_is_better": False}, -1)])
def test_smaller_is_better_unless_the_config_says_otherwise(searcher, sign):
    assert Goal.of({"searcher": searcher}) == ("loss", sign)


@pytest.mark.parametrize("value", ["abc", "", True, [1], {"a": 1}])
def test_a_value_that_is_no_number_is_refused(value):
    with pytest.raises(Internal, match="invalid input syntax for type double precision"):
        Goal("loss", 1).value({"loss": value})
