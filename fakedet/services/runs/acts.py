"""Acting on many runs: kill, delete, archive, unarchive. Each run has its own result (master: api_runs.go)."""
from __future__ import annotations

from typing import Any

from fakedet.domain.errors import MasterError
from fakedet.services.call import Call
from fakedet.services.experiments.deleting import remove_trial
from fakedet.services.metrics.best import elect_best_trial
from fakedet.services.registry import rpc
from fakedet.services.runs.candidates import Result, absences, candidates, refuse_filter_with_ids, result
from fakedet.services.searches.subjects import Subject
from fakedet.services.trials.running import kill


@rpc("KillRuns")
def kill_runs(call: Call, request: Any) -> dict[str, Any]:
    """End them; those that have ended are content."""
    chosen = candidates(call, request.project_id, request)
    absent = [result(number, f"Run with id '{number}' not found") for number in chosen.absent]
    return {"results": absent + [result(subject.id, _killed(call, subject)) for subject in chosen.found]}


@rpc("DeleteRuns")
def delete_runs(call: Call, request: Any) -> dict[str, Any]:
    """Remove those that have ended; their experiments stay, even without any run."""
    refuse_filter_with_ids(request)
    chosen = candidates(call, request.project_id, request)
    results = [result(subject.id, _deleted(call, subject)) for subject in chosen.found]
    return {"results": absences(chosen, request.project_id) + results}


@rpc("ArchiveRuns")
def archive_runs(call: Call, request: Any) -> dict[str, Any]:
    """Put those away that have ended."""
    return {"results": _archived(call, request, True)}


@rpc("UnarchiveRuns")
def unarchive_runs(call: Call, request: Any) -> dict[str, Any]:
    """Take them back."""
    return {"results": _archived(call, request, False)}


def _killed(call: Call, subject: Subject) -> str:
    if subject.has_ended:
        return ""
    try:
        kill(call, subject.the_run)
    except MasterError as error:
        return f"Failed to kill run: {error.as_go_text()}"
    return ""


def _deleted(call: Call, subject: Subject) -> str:
    if not subject.has_ended:
        return "Run is not in a terminal state."
    for checkpoint in call.db.checkpoints.rows(trial_id=subject.id):
        call.db.checkpoints.change(checkpoint["id"], trial_id=None)
    remove_trial(call.db, subject.the_run)
    elect_best_trial(call.db, subject.experiment["id"])
    return ""


def _archived(call: Call, request: Any, archived: bool) -> list[Result]:
    refuse_filter_with_ids(request)
    chosen = candidates(call, request.project_id, request)
    results = [result(subject.id, _set_archived(call, subject, archived)) for subject in chosen.found]
    return absences(chosen, request.project_id) + results


def _set_archived(call: Call, subject: Subject, archived: bool) -> str:
    if subject.experiment["archived"]:
        return f"Run is part of archived Search (id: '{subject.experiment['id']}')."
    if subject.the_run["archived"] == archived:
        return ""
    if not subject.has_ended:
        return "Run is not in terminal state."
    call.db.trials.change(subject.id, archived=archived)
    return ""
