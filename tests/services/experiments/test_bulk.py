"""Acting on many experiments by filters: what the filters find and the act takes, silently leaving out the rest."""
from __future__ import annotations

import pytest


def results(client, act, **body):
    method = "DELETE" if act == "delete" else "POST"
    found = client.call(method, f"/projects/-1/experiments/{act}", body)["results"]
    return {result["id"]: result["error"] for result in found}


@pytest.fixture
def several(idle):
    """Paused, active, ended, ended and archived."""
    for number in range(4):
        idle.create(name=f"n{number}", activate=number == 1, **({"description": "d"} if number else {}))
    for number in (3, 4):
        idle.go("kill", number)
    idle.go("archive", 4)
    return idle


@pytest.mark.parametrize(("act", "acted"), [
    ("activate", {1}), ("pause", {2}), ("cancel", {1, 2}), ("kill", {1, 2}), ("archive", {3}), ("delete", {3, 4}), ("move", {1, 2, 3}),
])
def test_filters_that_name_no_state_find_what_the_act_is_for(several, act, acted):
    assert results(several, act, filters={}, destinationProjectId=1) == dict.fromkeys(acted, "")


@pytest.mark.parametrize("act", ["activate", "pause", "cancel", "kill", "archive"])
def test_archived_ones_that_filters_find_have_no_result(several, act):
    assert results(several, act, filters={"archived": True, "states": ["STATE_CANCELED"]}) == {}


@pytest.mark.parametrize("act", ["archive", "unarchive", "delete"])
def test_states_of_a_filter_do_not_widen_what_only_ended_ones_can_have_done(several, act):
    assert results(several, act, filters={"archived": False, "states": ["STATE_PAUSED", "STATE_ACTIVE"]}) == {}


def test_archived_ones_that_are_named_are_not_found(several):
    assert results(several, "activate", experimentIds=[4]) == {4: "rpc error: code = NotFound desc = experiment '4' not found"}


@pytest.mark.parametrize(("filters", "found"), [
    ({"name": "N1"}, {2}), ({"name": "_2"}, {3}), ({"description": "%"}, {2, 3}), ({"excludedExperimentIds": [1, 3]}, {2}),
    ({"labels": [""]}, {1, 2, 3}),
    ({"userIds": [9]}, set()), ({"projectId": 1}, {1, 2, 3}), ({"projectId": 2}, set()), ({"name": "\\"}, set()),
])
def test_filters_look_at_texts_owners_and_projects(several, filters, found):
    assert results(several, "move", filters=filters, destinationProjectId=1).keys() == found
