"""YAML texts mean what they mean to the real master."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakedet.domain.config.problems import as_sent
from fakedet.services.config_text import ConfigTextError, read_config_text

# What the real master 0.38.1 saw under `v` in these texts, or said about them.
TEXTS = json.loads((Path(__file__).parents[2] / "fixtures" / "configs" / "texts.json").read_text())


@pytest.mark.parametrize("case", TEXTS, ids=lambda case: repr(case["text"]))
def test_a_text_is_read_as_the_master_read_it(case):
    if "says" in case:
        with pytest.raises(ConfigTextError) as refused:
            read_config_text(case["text"])
        assert str(refused.value) == case["says"]
    else:
        value = read_config_text(case["text"])["v"]
        assert value == case["gives"]
        assert isinstance(value, bool) == isinstance(case["gives"], bool)


def test_only_the_first_document_counts():
    assert read_config_text("a: 1\n---\nb: [") == {"a": 1}


def test_of_equal_keys_the_last_wins():
    assert read_config_text("a: 1\na: 2") == {"a": 2}


def test_an_anchor_may_be_named_again():
    assert read_config_text("a: &x 1\nb: &x 2\nc: *x") == {"a": 1, "b": 2, "c": 2}


def test_an_empty_text_is_null():
    assert read_config_text("# nothing\n") is None


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text("ab é\"'\\:#-", max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab:", max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_json_is_yaml_with_every_number_a_double(value):
    assert read_config_text(json.dumps(value)) == as_sent(value)
