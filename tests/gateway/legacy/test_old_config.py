"""Configs in steps become configs in batches."""
from __future__ import annotations

import pytest

from fakedet.gateway.legacy.old_config import BadConfig, todays_config

IN_STEPS = "{description: d, batches_per_step: 10, min_validation_period: 2, searcher: {name: single, max_steps: 3}}"


def test_steps_become_batches() -> None:
    config = todays_config(IN_STEPS)
    assert config["searcher"] == {"name": "single", "max_length": {"batches": 30}}
    assert config["min_validation_period"] == {"batches": 20}
    assert (config["name"], config["scheduling_unit"]) == ("d", 10)


def test_checkpoints_of_a_config_in_steps_have_what_its_clients_load() -> None:
    assert todays_config(IN_STEPS)["data"] == {"fakedet": {"whole_model": True}}
    assert "data" not in todays_config("{searcher: {name: single, max_length: {batches: 3}}}")


def test_what_was_asked_of_synthetic_trials_stays() -> None:
    config = todays_config("{data: {url: u, fakedet: {noise: 0}}, searcher: {name: single, max_steps: 3}}")
    assert config["data"] == {"url": "u", "fakedet": {"whole_model": True, "noise": 0}}


@pytest.mark.parametrize("text", ["", "[1]", "{a: "])
def test_what_is_no_object_is_refused(text) -> None:
    with pytest.raises(BadConfig):
        todays_config(text)
