"""A config over a template over the master's defaults."""

from __future__ import annotations

import pytest
from config_cases import MASTER, config_of, table

from fakedet.domain.config import ConfigError, ConfigPanic, merge, parse, read, show


@pytest.mark.parametrize("case", table("templates.json"), ids=lambda case: str(case["template"])[:60])
def test_a_config_over_a_template_gives_what_the_master_gave(case):
    if "says" in case:
        with pytest.raises((ConfigError, ConfigPanic)) as refused:
            parse(config_of(case), name="n", seed=0, template=case["template"], defaults=MASTER)
        assert str(refused.value) == case["says"]
    else:
        active = parse(config_of(case), name="n", seed=0, template=case["template"], defaults=MASTER)
        assert {key: _ordered(key, active.get(key)) for key in case["gives"]} == {
            key: _ordered(key, value) for key, value in case["gives"].items()
        }


def _ordered(key, value):
    return sorted(value) if key == "labels" else value


def test_another_kind_of_storage_takes_only_how_many_checkpoints_are_kept():
    high = read({"checkpoint_storage": {"type": "s3", "bucket": "own"}})
    low = read({"checkpoint_storage": {"type": "shared_fs", "host_path": "/x", "save_trial_best": 9}})
    assert merge(high, low)["checkpoint_storage"] == {"type": "s3", "bucket": "own", "save_trial_best": 9}


def test_variables_of_the_stronger_side_come_last():
    high, low = (read({"environment": {"environment_variables": [name]}}) for name in ("A=own", "A=template"))
    assert merge(high, low)["environment"]["environment_variables"]["cpu"] == ["A=template", "A=own"]


def test_reading_shows_old_shapes_as_todays():
    config = read(
        {
            "hyperparameters": {"lr": 0.1, "net": {"depth": [1, 2]}},
            "environment": {"image": {"gpu": "g"}},
            "log_policies": [{"pattern": "p", "action": {"type": "cancel_retries"}}],
            "resources": {"devices": ["/dev/a:/dev/b:rw"], "agent_label": "gone"},
            "data_layer": {"gone": True},
        }
    )
    assert config == {
        "hyperparameters": {"lr": {"type": "const", "val": 0.1}, "net": {"depth": {"type": "const", "val": [1, 2]}}},
        "environment": {"image": {"cuda": "g"}},
        "log_policies": [{"pattern": "p", "action": "cancel_retries"}],
        "resources": {"devices": [{"host_path": "/dev/a", "container_path": "/dev/b", "mode": "rw"}]},
    }
    assert show(config)["description"] is None
