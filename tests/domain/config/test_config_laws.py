"""Laws of reading, filling and merging, for any configs."""

from __future__ import annotations

from typing import Any

from config_cases import MASTER, MINIMAL
from hypothesis import given, reject
from hypothesis import strategies as st

from fakedet.domain.config import EXPERIMENT, ConfigError, ConfigPanic, merge, parse, read, show
from fakedet.domain.config.objects import Object

names = st.sampled_from(["a", "b", "c"])
numbers = st.integers(0, 50)
storages = st.one_of(
    st.fixed_dictionaries({}, optional={"save_trial_best": numbers, "save_trial_latest": numbers}),
    st.fixed_dictionaries({"type": st.just("shared_fs")}, optional={"host_path": names, "storage_path": names, "save_trial_best": numbers}),
    st.fixed_dictionaries({"type": st.just("s3")}, optional={"bucket": names, "prefix": names, "save_experiment_best": numbers}),
)
searchers = st.one_of(
    st.fixed_dictionaries({}, optional={"metric": names, "smaller_is_better": st.booleans()}),
    st.fixed_dictionaries({"name": st.sampled_from(["random", "grid"])}, optional={"metric": names, "max_concurrent_trials": numbers}),
)
mounts = st.lists(st.fixed_dictionaries({"host_path": st.just("/h"), "container_path": names}), max_size=3)
hyperparameters = st.dictionaries(names, st.one_of(numbers, st.dictionaries(names, numbers, max_size=2)), max_size=3)
configs = st.fixed_dictionaries(
    {},
    optional={
        "description": st.none() | names,
        "labels": st.lists(names),
        "max_restarts": st.none() | numbers,
        "checkpoint_storage": storages,
        "bind_mounts": mounts,
        "hyperparameters": hyperparameters,
        "environment": st.fixed_dictionaries(
            {}, optional={"image": names, "environment_variables": st.lists(names), "ports": st.dictionaries(names, numbers)}
        ),
        "min_validation_period": st.sampled_from([{"batches": 3}, {"epochs": 1}]),
        "resources": st.fixed_dictionaries({}, optional={"priority": st.integers(1, 99), "slots_per_trial": numbers}),
        "log_policies": st.lists(
            st.fixed_dictionaries({"name": names, "pattern": names}), max_size=3, unique_by=lambda policy: policy["name"]
        ),
    },
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def active(config: dict[str, Any]) -> dict[str, Any]:
    return parse(config, name="n", seed=1, defaults=MASTER)


def comparable(config: dict[str, Any]) -> dict[str, Any]:
    return {**show(config), "labels": sorted(config.get("labels") or [])}


@given(configs)
def test_an_active_config_is_its_own_active_config(config):
    try:
        once = active({**MINIMAL, **config})
    except ConfigError:  # storage without its bucket
        reject()
    assert active(once) == once


@given(st.builds(lambda config, searcher: {**config, "searcher": searcher}, configs, searchers))
def test_merging_with_itself_changes_only_lists_that_add_up(config):
    part = read({key: value for key, value in config.items() if key not in ("environment", "searcher") and value is not None})
    assert comparable(merge(part, part)) == comparable(part)


@given(configs, configs, configs)
def test_merging_is_associative(one, two, three):
    a, b, c = read(one), read(two), read(three)
    for same in ("checkpoint_storage", "bind_mounts"):  # a type in between cuts off what lies below; equal mounts of one side stay
        for part in (a, b, c):
            part.pop(same, None)
    assert comparable(merge(merge(a, b), c)) == comparable(merge(a, merge(b, c)))


@given(configs)
def test_an_empty_config_is_neutral_in_merging(config):
    part = read(config)
    assert comparable(merge(part, {})) == comparable(merge({}, part)) == comparable(part)


@given(anything)
def test_whatever_is_sent_is_read_or_refused_in_words(value):
    try:
        parse(value, name="n", seed=1, defaults=MASTER)
    except (ConfigError, ConfigPanic) as refused:
        assert str(refused)


@given(st.sampled_from(sorted(active(MINIMAL))), anything)
def test_whatever_a_key_holds_is_read_or_refused_in_words(key, value):
    try:
        parse({**MINIMAL, key: value}, name="n", seed=1, template={key: value}, defaults=MASTER)
    except (ConfigError, ConfigPanic) as refused:
        assert str(refused)


SECTIONS = [(name, key) for name, field in EXPERIMENT.fields.items() if isinstance(field.kind, Object) for key in field.kind.fields]
POD = [("environment", "pod_spec", key) for key in ("metadata", "spec", "status", "kind")]


@given(st.sampled_from(SECTIONS + POD), anything)
def test_whatever_is_deep_in_a_section_is_read_or_refused_in_words(path, value):
    part = value
    for key in reversed(path):
        part = {key: part}
    try:
        parse({**MINIMAL, **part}, name="n", seed=1, template=part, defaults=MASTER)
    except (ConfigError, ConfigPanic) as refused:
        assert str(refused)


def test_the_law_of_the_active_config_has_a_limit_the_masters_own_variables_add_up():
    defaults = [*MASTER, {"environment": {"environment_variables": ["A=1"]}}]
    once = parse(MINIMAL, name="n", seed=1, defaults=defaults)
    twice = parse(once, name="n", seed=1, defaults=defaults)
    assert twice["environment"]["environment_variables"]["cpu"] == ["A=1", "A=1"]
