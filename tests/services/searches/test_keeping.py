"""What searches keep between requests never shows: whatever has changed, the answer is that of a search that remembers nothing."""
from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakedet.services.searches.catalogue import Experiments, Runs
from fakedet.settings import Settings
from fakedet.world import World
from tests.services.conftest import Detached


def where(place: str, column: str, operator: str, value: Any = None, *, shows_archived: bool = True) -> str:
    place, kind = f"LOCATION_TYPE_{place}", "COLUMN_TYPE_NUMBER"
    field = {"kind": "field", "columnName": column, "location": place, "type": kind, "operator": operator, "value": value}
    return json.dumps({"filterGroup": {"kind": "group", "conjunction": "and", "children": [field]}, "showArchived": shows_archived})


REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("/experiments-search", {}),
    ("/experiments-search", {"projectId": 2, "sort": "numTrials=desc,name=asc"}),
    ("/experiments-search", {"sort": "searcherMetricsVal=desc"}),
    ("/experiments-search", {"sort": "duration=desc", "filter": where("EXPERIMENT", "duration", ">=", 0)}),
    ("/experiments-search", {"sort": "validation.loss.last=asc", "filter": where("EXPERIMENT", "numTrials", ">", 0, shows_archived=False)}),
    ("/experiments-search", {"filter": where("RUN_METADATA", "metadata.x", "isEmpty")}),
    ("/runs", {"sort": "experimentName=desc"}),
    ("/runs", {"projectId": 2, "sort": "localId=desc"}),
    ("/runs", {"sort": "searcherMetricsVal=asc,state=desc", "filter": where("EXPERIMENT", "checkpointCount", "=", 0, shows_archived=False)}),
    ("/runs", {"sort": "metadata.x=desc", "filter": where("RUN", "parentArchived", "=", False)}),
    ("/runs", {"filter": where("VALIDATIONS", "validation.loss.last", "<", 2)})]
PROJECT = [f"/projects/{number}/{what}" for number in (1, 2)
           for what in ("columns", "columns?tableType=TABLE_TYPE_RUN", "experiments/metric-ranges", "metadata/x")]
NUMBER = st.integers(1, 6)
CHANGES = st.lists(st.one_of(
    st.tuples(st.sampled_from(["trial", "rename", "archive", "unarchive", "move", "end", "put_away", "delete", "remove", "wait"]), NUMBER),
    st.tuples(st.sampled_from(["report", "note"]), NUMBER),
    st.tuples(st.sampled_from(["experiment", "project"]), NUMBER)), min_size=1, max_size=8)


class Changing:
    """A client that may be refused: what it tries need not be possible."""

    def __init__(self) -> None:
        self.client = Detached(World(Settings.build({"trials": "manual", "agents": 0})))
        self.client.post("/workspaces", {"name": "space"})
        self.client.post("/workspaces/2/projects", {"name": "p"})
        for number in range(1, 4):
            self.do("experiment", number)
            self.do("trial", number)

    def do(self, what: str, number: int) -> None:
        if what == "wait":
            self.client.world.clock.advance(number)
        elif what == "experiment":
            config = {"name": f"e{number % 3}", "searcher": {"name": "random", "metric": "loss", "max_trials": 2}}
            self.client.raw("POST", "/experiments", {"config": json.dumps(config), "unmanaged": True, "projectId": 1 + number % 2})
        else:
            self.client.raw(*self.request(what, number))

    def request(self, what: str, number: int) -> tuple[str, str, Any]:
        """The request that a change is made by."""
        report = {"trialRunId": 0, "stepsCompleted": number, "metrics": {"avgMetrics": {"loss": number % 4}}}
        requests: dict[str, tuple[str, str, Any]] = {
            "trial": ("POST", "/trials", {"experimentId": number, "hparams": {"x": number}, "unmanaged": True}),
            "rename": ("PATCH", f"/experiments/{number}", {"name": f"e{number % 2}"}),
            "archive": ("POST", f"/experiments/{number}/archive", None),
            "unarchive": ("POST", f"/experiments/{number}/unarchive", None),
            "move": ("POST", f"/experiments/{number}/move", {"destinationProjectId": 1 + number % 2}),
            "end": ("PATCH", f"/trials/{number}", {"state": "STATE_COMPLETED"}),
            "put_away": ("POST", "/runs/archive", {"projectId": 1, "runIds": [number]}),
            "delete": ("POST", "/runs/delete", {"projectId": 1 + number % 2, "runIds": [number]}),
            "remove": ("DELETE", f"/experiments/{number}", None),
            "report": ("POST", f"/trials/{number}/metrics", {"group": "validation", "metrics": report}),
            "note": ("POST", f"/runs/{number}/metadata", {"metadata": {"x": number % 3}}),
            "project": ("POST", f"/projects/2/{'archive' if number % 2 else 'unarchive'}", None)}
        return requests[what]

    def answers(self) -> list[tuple[int, str]]:
        return [self.client.raw("POST", path, request) for path, request in REQUESTS] + [self.client.raw("GET", path) for path in PROJECT]

    def answers_from_nothing(self) -> list[tuple[int, str]]:
        derived = self.client.world._derived
        remembered = {kind: derived.pop(kind) for kind in (Experiments, Runs)}
        found = self.answers()
        derived.update(remembered)
        return found


@pytest.fixture
def changing():
    made: list[Changing] = []
    yield lambda: made.append(Changing()) or made[-1]
    for one in made:
        one.client.world.close()
        assert not one.client.world.failures


@given(changes=CHANGES)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_an_answer_does_not_depend_on_what_was_asked_before(changing, changes):
    cluster = changing()
    for what, number in changes:
        cluster.answers()
        cluster.do(what, number)
        assert cluster.answers() == cluster.answers_from_nothing()


def test_many_changes_at_once_are_taken_in_too(changing):
    cluster = changing()
    before = cluster.answers()
    for number in range(120):
        cluster.do("rename", 1 + number % 3)
        cluster.do("experiment", number)
    assert cluster.answers() == cluster.answers_from_nothing() != before


def test_what_a_refused_request_changed_is_not_remembered(changing):
    cluster = changing()
    before = cluster.answers()
    world = cluster.client.world
    with pytest.raises(ZeroDivisionError), world.db.transaction():
        world.db.experiments.change(1, archived=True)
        raise ZeroDivisionError
    assert cluster.answers() == before
