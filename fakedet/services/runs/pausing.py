"""Pausing and resuming runs: it is their experiments that pause, so only runs that are alone in theirs can (master: api_runs.go)."""
from __future__ import annotations

from typing import Any

from fakedet.domain.errors import MasterError, nil_pointer
from fakedet.services.call import Call
from fakedet.services.experiments.acts import Act, activate, pause
from fakedet.services.registry import rpc
from fakedet.services.runs.candidates import Result, absences, candidates, refuse_filter_with_ids, result
from fakedet.services.searches.facts import is_multitrial
from fakedet.services.searches.subjects import Subject


@rpc("PauseRuns")
def pause_runs(call: Call, request: Any) -> dict[str, Any]:
    """Let their experiments wait."""
    return {"results": _results(call, request, pause, "pause")}


@rpc("ResumeRuns")
def resume_runs(call: Call, request: Any) -> dict[str, Any]:
    """Let their experiments go on."""
    return {"results": _results(call, request, activate, "resume")}


def _results(call: Call, request: Any, act: Act, name: str) -> list[Result]:
    """Of several runs of one experiment (unmanaged ones may have them) only the last has a result."""
    refuse_filter_with_ids(request)
    if not request.run_ids and request.filter is None:
        raise nil_pointer()
    chosen = candidates(call, request.project_id, request)
    refusals = {subject.id: _refusal(call, subject) for subject in chosen.found}
    last = {subject.experiment["id"]: subject for subject in chosen.found if refusals[subject.id] is None}
    refused = [result(number, text) for number, text in refusals.items() if text is not None]
    return refused + absences(chosen, request.project_id) + [_acted(call, subject, act, name) for subject in last.values()]


def _refusal(call: Call, subject: Subject) -> str | None:
    if subject.is_put_away(call.db):
        return "Run is archived."
    if is_multitrial(subject):
        return f"Cannot pause/unpause run '{subject.id}' (part of multi-trial)."
    return None


def _acted(call: Call, subject: Subject, act: Act, name: str) -> Result:
    try:
        act(call, subject.experiment)
    except MasterError as error:
        return result(subject.id, f"Failed to {name} associated experiment: {error.as_go_text()}")
    return result(subject.id)
