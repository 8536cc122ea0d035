"""The brackets of an adaptive search, as its config shows them."""
from __future__ import annotations

import json

import pytest

SEARCHER = {"name": "adaptive_asha", "metric": "m", "max_trials": 4, "max_time": 9, "time_metric": "b", "bracket_rungs": [1, 3, 2]}


@pytest.mark.parametrize(("unmanaged", "shown"), [(False, [3, 2, 1]), (True, [1, 3, 2])])
def test_a_search_that_the_master_runs_has_the_longest_bracket_first(idle, unmanaged, shown):
    idle.create(searcher=SEARCHER, request={"unmanaged": unmanaged})
    assert idle.show()["config"]["searcher"]["bracket_rungs"] == shown
    assert json.loads(idle.show()["originalConfig"])["searcher"]["bracket_rungs"] == [1, 3, 2]
