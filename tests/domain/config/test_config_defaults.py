"""What a minimal config becomes."""

from __future__ import annotations

import pytest
from config_cases import MASTER, MINIMAL

from fakedet.domain.config import parse


def active(**config):
    return parse({**MINIMAL, **config}, name="made up", seed=99, defaults=MASTER)


def test_name_and_seed_come_from_the_runtime_only_if_unset():
    config = {key: value for key, value in MINIMAL.items() if key not in ("name", "reproducibility")}
    made = parse(config, name="made up", seed=99, defaults=MASTER)
    assert (made["name"], made["reproducibility"]) == ("made up", {"experiment_seed": 99})
    assert active(name="")["name"] == ""


@pytest.mark.parametrize("key", ["retention_policy", "security", "tensorboard_storage"])
def test_some_unset_sections_are_not_shown(key):
    assert key not in active()


@pytest.mark.parametrize("key", ["description", "entrypoint", "integrations"])
def test_other_unset_keys_are_null(key):
    assert active()[key] is None


def test_the_users_log_policies_come_before_the_default_ones_and_replace_them_by_name():
    policies = active(log_policies=[{"name": "mine", "pattern": "x"}, {"name": "CUDA OOM"}])["log_policies"]
    assert policies == [
        {"name": "mine", "pattern": "x"},
        {"name": "CUDA OOM"},
        {"name": "ECC Error", "pattern": ".*uncorrectable ECC error encountered.*"},
    ]


def test_a_whole_number_written_with_a_point_is_an_integer():
    assert active(max_restarts=3.0)["max_restarts"] == 3


def test_an_asha_search_shows_all_its_settings():
    searcher = {"name": "adaptive_asha", "metric": "m", "max_trials": 4, "max_time": 100, "time_metric": "epochs"}
    assert active(searcher=searcher)["searcher"] == {
        **searcher,
        "bracket_rungs": [],
        "divisor": 4,
        "max_concurrent_trials": 16,
        "max_rungs": 5,
        "mode": "standard",
        "smaller_is_better": True,
        "source_checkpoint_uuid": None,
        "source_trial_id": None,
    }


def test_a_pod_spec_gets_the_empty_parts_of_a_pod():
    pod = active(environment={"pod_spec": {"spec": {"nodeSelector": {"a": "b"}}}})["environment"]["pod_spec"]
    assert pod == {"metadata": {"creationTimestamp": None}, "spec": {"containers": None, "nodeSelector": {"a": "b"}}, "status": {}}
