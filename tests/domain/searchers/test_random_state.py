"""The master's random numbers, draw for draw."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from fakedet.domain.searchers.random_state import RandomState

seeds = st.integers(0, 2**32 - 1)


def test_draws_the_words_of_legacy_numpy():
    random = RandomState(0)
    assert [random.bits() for _ in range(3)] == [2357136044, 2546248239, 3071714933]


def test_draws_integers_by_masking_and_repeating():
    random = RandomState(42)
    assert [random.integer_below(10) for _ in range(10)] == [6, 3, 7, 4, 6, 9, 2, 6, 7, 4]


def test_draws_unit_intervals_of_two_words():
    random = RandomState(1)
    assert [random.unit_interval() for _ in range(2)] == [0.417022004702574, 0.7203244934421581]
    assert random.draws == 4


def test_a_choice_of_one_draws_nothing():
    random = RandomState(3)
    assert random.integer_below(1) == 0
    assert random.draws == 0


def test_a_limit_beyond_32_bits_takes_the_high_word_first():
    random, words = RandomState(9), RandomState(9)
    high = words.bits()
    assert random.integer_below(1 << 64) == high << 32 | words.bits()


def test_a_uuid_is_four_draws_marked_as_version_4():
    random = RandomState(0)
    assert random.uuid() == "ac0a7f8c-2faa-4497-b5a6-16b7c0cc21d8"
    assert random.draws == 4


@given(seeds, st.integers(1, 2**40))
def test_an_integer_stays_below_its_limit(seed, limit):
    assert 0 <= RandomState(seed).integer_below(limit) < limit


@given(seeds, st.integers(0, 2000))
def test_a_saved_stream_goes_on_where_it_was(seed, draws):
    random = RandomState(seed)
    for _ in range(draws % 50):
        random.unit_interval()
    restored = RandomState.load(json.loads(json.dumps(random.save())))
    assert [random.bits() for _ in range(3)] == [restored.bits() for _ in range(3)]
