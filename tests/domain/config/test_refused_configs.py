"""Bad configs get the master's own words, place and order."""

from __future__ import annotations

import pytest
from config_cases import MASTER, config_of, table

from fakedet.domain.config import ConfigError, ConfigPanic, parse


@pytest.mark.parametrize("case", table("refused.json"), ids=lambda case: case["says"][-60:])
def test_a_bad_config_is_refused_in_the_masters_words(case):
    with pytest.raises((ConfigError, ConfigPanic)) as refused:
        parse(config_of(case), name="", seed=0, defaults=MASTER)
    assert str(refused.value) == case["says"]


@pytest.mark.parametrize(
    ("value", "got"), [(3, "number"), ("x", "string"), ([], "array"), (True, "bool")], ids=["number", "text", "list", "flag"]
)
def test_a_config_that_is_no_mapping_is_not_even_looked_into(value, got):
    with pytest.raises(ConfigError, match=f"json-formatted experiment config: json: cannot unmarshal {got} into Go value of type struct"):
        parse(value, name="", seed=0)


def test_an_empty_config_is_null():
    with pytest.raises(ConfigError, match="<config>: expected object, but got null"):
        parse(None, name="", seed=0)


def test_several_problems_are_sorted_lines():
    config = {"zz": 1, "max_restarts": -1, "labels": [1, "a", None], "debug": "x"}
    with pytest.raises(ConfigError) as refused:
        parse(config, name="", seed=0)
    assert str(refused.value).splitlines() == [
        "invalid experiment configuration: version 0 experiment config is invalid: config is invalid: "
        "<config>.debug: expected boolean or null, but got string",
        "<config>.labels[0]: expected string, but got number",
        "<config>.labels[2]: expected string, but got null",
        "<config>.max_restarts: must be >= 0 but found -1",
        '<config>: additionalProperties "zz" not allowed',
    ]


def test_without_any_storage_the_config_stays_incomplete():
    with pytest.raises(ConfigError, match="config is invalid or incomplete: <config>: checkpoint_storage is a required property"):
        parse({"searcher": {"name": "single", "metric": "m"}}, name="", seed=0)
