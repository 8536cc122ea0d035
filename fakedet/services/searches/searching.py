"""The steps that both searches take: project, filter, order, page (master: SearchExperiments, SearchRuns)."""
from __future__ import annotations

from typing import Any, Sequence

from fakedet.domain.filters import Filter, plan_filter
from fakedet.domain.paging import query_page
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.searches.catalogue import Catalogue
from fakedet.services.searches.sorting import SortColumns, read_sort
from fakedet.services.searches.subjects import Subject

EVERYTHING = Filter(test=None, shows_archived=True)


def search(call: Call, request: Any, catalogue: Catalogue, columns: SortColumns) -> tuple[Sequence[Subject], dict[str, int]]:
    """The page that a request asks for and its block. Requests are checked in the master's order."""
    if request.project_id is not None:
        finding.project(call.db, request.project_id)
    prepare = None if request.filter is None else plan_filter(request.filter, call.now)
    orders = read_sort(request.sort, columns)
    found = catalogue.found(request.project_id, EVERYTHING if prepare is None else prepare(), request.filter, call.now)
    page = query_page(len(found.ids), request.offset, request.limit)
    if page.start == page.end:
        return [], page.block()
    ordered = catalogue.ordered(found, orders, call.now) if orders else found.ids
    return [catalogue.subject(number) for number in page.cut(ordered)], page.block()


def filtered(call: Call, project_id: int, text: str, catalogue: Catalogue) -> list[Subject]:
    """The subjects of the project that a filter lets pass, ascending."""
    return [catalogue.subject(number) for number in catalogue.found(project_id, plan_filter(text, call.now)(), text, call.now).ids]
