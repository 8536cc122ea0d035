"""Text in PostgreSQL's order (en_US.UTF-8): lists that PostgreSQL sorted, and the rules behind them."""
from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakedet.domain.collation import sort_key

GOLDEN = Path(__file__).parents[2] / "fixtures" / "golden"


@pytest.mark.parametrize("name", ["collation", "collation_random"])
def test_text_sorts_as_postgresql_sorted_it(name):
    texts = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))["sorted"]
    assert sorted(reversed(texts), key=sort_key) == texts


@pytest.mark.parametrize(
    ("rule", "texts"),
    [
        ("letters come before case", "a A b B"),
        ("accents come before case", "e E é É f"),
        ("digits come before letters, currencies before digits", "$ 1 a"),
        ("punctuation counts only where all else is equal", "a-a aa ab a-c"),
        ("punctuation goes by code point, controls before it", "a\x01b a!b a-b a~b ab"),
        ("ligatures and sharp s are their letters", "ad ae æ Æ af ß ssa st"),
        ("stroked letters are accented ones", "o ô ø Ø p"),
        ("scripts follow one another", "z α а 漢"),
        ("a letter after several digits or signs makes one of them lighter", "10-x 1-0x"),
        ("free accents weigh as those of letters", "cafe cafe\u0301 café cafés"),
    ],
)
def test_rule(rule, texts):
    expected = texts.split(" ")
    assert sorted(reversed(expected), key=sort_key) == expected


@given(st.text(max_size=12), st.text(max_size=12))
def test_different_texts_never_have_equal_keys(one, other):
    assert (sort_key(one) == sort_key(other)) == (one == other)
