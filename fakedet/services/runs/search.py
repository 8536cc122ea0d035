"""Searching runs with filters and sort strings (master: api_runs.go, SearchRuns)."""
from __future__ import annotations

from typing import Any

from fakedet.domain.filters.sql_types import TRIAL_STATE
from fakedet.services.call import Call
from fakedet.services.registry import rpc
from fakedet.services.runs.messages import run_message
from fakedet.services.searches import facts
from fakedet.services.searches.catalogue import Runs
from fakedet.services.searches.facts import of_config, of_experiment, of_run
from fakedet.services.searches.searching import search
from fakedet.services.searches.sorting import SortColumns, number, text


@rpc("SearchRuns")
def search_runs(call: Call, request: Any) -> dict[str, Any]:
    """The runs that pass the filter, a page of them."""
    page, block = search(call, request, call.world.the(Runs), _sort_columns(call))
    now = call.now
    return {"runs": [run_message(call.db, now, subject) for subject in page], "pagination": block}


def _sort_columns(call: Call) -> SortColumns:
    db, seconds = call.db, facts.seconds_of_run(call.now)
    return SortColumns({
        "id": of_run("id"),
        "experimentDescription": text(of_config("description")),
        "experimentName": text(of_config("name")),
        "searcherType": text(of_config("searcher", "name")),
        "searcherMetric": text(of_config("searcher", "metric")),
        "startTime": of_run("start_time"),
        "endTime": of_run("end_time"),
        "state": lambda subject: TRIAL_STATE.key(of_run("state")(subject)),
        "experimentProgress": number(lambda subject: subject.experiment["progress"] or 0.0),
        "user": text(lambda subject: db.users.row(subject.experiment["owner_id"])["username"]),
        "forkedFrom": of_experiment("parent_id"),
        "resourcePool": text(of_config("resources", "resource_pool")),
        "projectId": of_run("project_id"),
        "checkpointSize": of_run("checkpoint_size"),
        "checkpointCount": of_run("checkpoint_count"),
        "duration": lambda subject: round(seconds(subject)),
        "searcherMetricsVal": number(facts.searcher_metric),
        "externalExperimentId": text(of_experiment("external_experiment_id")),
        "externalRunId": text(of_run("external_trial_id")),
        "experimentId": of_experiment("id"),
        "isExpMultitrial": facts.is_multitrial,
        "parentArchived": lambda subject: subject.parent_archived(db),
        "localId": of_run("local_id"),
        "archived": lambda subject: subject.is_archived_run,
    }, {"hp.": of_run("hparams"), "metadata.": of_run("metadata")})
