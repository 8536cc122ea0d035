"""The steps that both searches take: project, filter, order, page (master: SearchExperiments, SearchRuns)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Sequence

from fakedet.domain.filters import plan_filter
from fakedet.domain.paging import query_page
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.searches.filtering import passing
from fakedet.services.searches.sorting import SortColumns, read_sort, sorted_subjects
from fakedet.services.searches.subjects import Subject

if TYPE_CHECKING:
    from fakedet.store import Database

#: The subjects of a project, of all projects for None.
Source = Callable[["Database", "int | None"], "list[Subject]"]
IsArchived = Callable[[Subject], bool]


def search(call: Call, request: Any, source: Source, is_archived: IsArchived,
           columns: SortColumns) -> tuple[Sequence[Subject], dict[str, int]]:
    """The page that a request asks for and its block. Requests are checked in the master's order."""
    if request.project_id is not None:
        finding.project(call.db, request.project_id)
    prepare = None if request.filter is None else plan_filter(request.filter)
    orders = read_sort(request.sort, columns)
    found = source(call.db, request.project_id)
    if prepare is not None:
        found = _kept(call, found, prepare(), is_archived)
    page = query_page(len(found), request.offset, request.limit)
    if page.start == page.end:
        return [], page.block()
    return page.cut(sorted_subjects(found, orders)), page.block()


def filtered(call: Call, text: str, subjects: list[Subject], is_archived: IsArchived) -> list[Subject]:
    """The subjects that a filter lets pass."""
    return _kept(call, subjects, plan_filter(text)(), is_archived)


def _kept(call: Call, subjects: list[Subject], wanted: Any, is_archived: IsArchived) -> list[Subject]:
    if not wanted.shows_archived:
        subjects = [subject for subject in subjects if not is_archived(subject)]
    return passing(call.db, call.now, subjects, wanted)
