"""Moving runs into another project: whole experiments move, with all their runs (master: api_runs.go, MoveRuns)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.errors import Internal
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.experiments.moving import move_experiments
from fakedet.services.projects.rules import is_archived
from fakedet.services.registry import rpc
from fakedet.services.runs.candidates import absences, candidates, result
from fakedet.services.searches.facts import is_multitrial
from fakedet.services.searches.subjects import Subject

Row = Mapping[str, Any]


@rpc("MoveRuns")
def move_runs(call: Call, request: Any) -> dict[str, Any]:
    """Every run of a moved experiment has a result, also one that was not asked for."""
    source, target = _projects(call, request)
    if source == target:
        return {"results": []}
    chosen = candidates(call, source, request)
    refusals = {subject.id: _refusal(call, subject, request.skip_multitrial) for subject in chosen.found}
    moved = {subject.experiment["id"]: subject.experiment for subject in chosen.found if refusals[subject.id] is None}
    move_experiments(call.db, list(moved.values()), target)
    refused = [result(number, text) for number, text in refusals.items() if text is not None]
    return {"results": [*refused, *absences(chosen, source),
                        *(result(run["id"]) for number in moved for run in call.db.trials.rows(experiment_id=number))]}


def _projects(call: Call, request: Any) -> tuple[int, int]:
    """From where and to where; neither may be archived."""
    source = finding.project(call.db, request.source_project_id)
    if is_archived(call.db, source):
        raise Internal(f"project ({source['id']}) is archived and cannot have runs moved from it")
    target = finding.project(call.db, request.destination_project_id)
    if is_archived(call.db, target):
        raise Internal(f"project ({target['id']}) is archived and cannot add new runs")
    return source["id"], target["id"]


def _refusal(call: Call, subject: Subject, skips_multitrial: bool) -> str | None:
    if subject.is_put_away(call.db):
        return "Run is archived."
    if skips_multitrial and is_multitrial(subject):
        return f"Skipping run '{subject.id}' (part of multi-trial)."
    return None
