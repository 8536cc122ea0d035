"""LIKE and ILIKE as PostgreSQL matches them."""
from __future__ import annotations

import pytest

from fakedet.domain.errors import Internal
from fakedet.domain.sql_text import like


@pytest.mark.parametrize(("pattern", "text", "matches"), [
    ("abc", "ABC", True), ("a_c", "abc", True), ("a_c", "ac", False), ("%b%", "abc", True), ("%", "", True), ("", "", True), ("_", "\n", True),
    (r"a\%", "a%", True), (r"a\%", "ab", False), (r"\a", "a", True), (r"\\", "\\", True), ("%%\\%%", "50%", True), ("%%\\%%", "half", False),
])
def test_signs_stand_for_texts_and_an_escape_takes_the_next_literally(pattern, text, matches):
    assert like(pattern)(text) is matches


@pytest.mark.parametrize(("pattern", "text", "matches"), [
    ("s", "ſ", False), ("ß", "ẞ", True), ("σ", "Σ", True), ("ς", "Σ", False), ("i", "İ", True),
    ("k", "K", True), ("É", "é", True), ("é", "e\u0301", False),
])
def test_case_is_ignored_letter_by_letter(pattern, text, matches):
    assert like(pattern)(text) is matches
    assert like(pattern, any_case=False)(text) is False


@pytest.mark.parametrize(("pattern", "text"), [("\\", "a"), ("a\\", "ab"), ("%\\", "a"), ("%b\\", "abc"), ("_\\", "ab"), ("a\\\\\\", "a\\b")])
def test_a_text_that_reaches_an_escape_at_the_end_of_a_pattern_shows_that_it_is_wrong(pattern, text):
    with pytest.raises(Internal, match="LIKE pattern must not end with escape character"):
        like(pattern)(text)


@pytest.mark.parametrize(("pattern", "text"), [("\\", ""), ("a\\", "a"), ("b\\", "ab"), ("%b\\", "ab"), ("_\\", "a")])
def test_a_text_that_ends_or_differs_before_does_not(pattern, text):
    assert like(pattern)(text) is False
