"""Which runs an action on many is about: those of a list of ids or those that a filter finds, always within one project."""
from __future__ import annotations

from typing import Any, NamedTuple, Sequence

from fakedet.domain.errors import Internal
from fakedet.services.call import Call
from fakedet.services.searches import subjects
from fakedet.services.searches.catalogue import Runs
from fakedet.services.searches.searching import filtered
from fakedet.services.searches.subjects import Subject

Result = dict[str, Any]


class Candidates(NamedTuple):
    """The runs that there are, ascending, and the ids that name none of the project."""

    found: Sequence[Subject]
    absent: Sequence[int]


def candidates(call: Call, project_id: int, request: Any) -> Candidates:
    """The runs that a request names; its filter outweighs its ids."""
    if request.filter is not None:
        return Candidates(filtered(call, project_id, request.filter, call.world.the(Runs)), [])
    found = [subject for subject in subjects.runs_by_id(call.db, request.run_ids) if subject.project["id"] == project_id]
    present = {subject.id for subject in found}
    return Candidates(found, [number for number in request.run_ids if number not in present])


def refuse_filter_with_ids(request: Any) -> None:
    """Most actions take one of them only."""
    if request.run_ids and request.filter is not None:
        raise Internal("if filter is provided run id list must be empty")


def result(number: int, error: str = "") -> Result:
    """What became of a run."""
    return {"id": number, "error": error}


def absences(chosen: Candidates, project_id: int) -> list[Result]:
    """The results of ids that name no run of the project."""
    return [result(number, f"Run with id '{number}' not found in project with id '{project_id}'") for number in chosen.absent]
