"""Settings: the same names everywhere, each value checked with words that tell what is possible."""
from __future__ import annotations

import pytest

from fakedet.settings import BadSetting, Settings


def test_values_come_as_texts_too() -> None:
    assert Settings.build({"agents": "0", "slots": 4}) == Settings(agents=0, slots=4)


def test_environment_variables_name_settings() -> None:
    found = Settings.from_environment({"FAKEDET_AGENTS": "3", "FAKEDET_SEMANTICS": "upstream", "HOME": "/"})
    assert (found.agents, found.upstream) == (3, True)


@pytest.mark.parametrize("values, words", [
    ({"nope": 1}, "There is no setting 'nope'"),
    ({"agents": "many"}, "must be a whole number"),
    ({"slots": -1}, "must not be negative"),
    ({"semantics": "both"}, "must be one of: documented, upstream"),
    ({"speed": "fast"}, "instant, real or a positive number"),
    ({"speed": "-3"}, "instant, real or a positive number"),
    ({"speed": "nan"}, "instant, real or a positive number"),
])
def test_a_bad_value_is_refused_with_what_is_possible(values: dict, words: str) -> None:
    with pytest.raises(BadSetting, match=words):
        Settings.build(values)
