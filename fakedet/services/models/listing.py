"""Lists of models and of their labels (master: get_models.sql, api_model.go)."""
from __future__ import annotations

import collections
from typing import Any, Callable, Iterator, Mapping

from fakedet.domain.collation import sort_key
from fakedet.domain.paging import slice_page
from fakedet.domain.sql_text import like
from fakedet.services.call import Call
from fakedet.services.models.creating import rejoined
from fakedet.services.models.messages import model_message
from fakedet.services.registry import rpc

Row = Mapping[str, Any]
Condition = Callable[[Row], bool]


@rpc("GetModels")
def get_models(call: Call, request: Any) -> dict[str, Any]:
    """The models that meet all filters, a page of them."""
    conditions = list(_conditions(call, request))
    found = [model for model in call.db.models.rows() if all(condition(model) for condition in conditions)]
    found.sort(key=_order(call, request.sort_by), reverse=request.order_by == "ORDER_BY_DESC")
    page = slice_page(len(found), request.offset, request.limit)
    return {"models": [model_message(call.db, model) for model in page.cut(found)], "pagination": page.block()}


@rpc("GetModelLabels")
def get_model_labels(call: Call, request: Any) -> dict[str, Any]:
    """Labels by the number of models that have them, then by the alphabet."""
    models = call.db.models.rows(workspace_id=request.workspace_id) if (request.workspace_id or 0) > 0 else call.db.models.rows()
    uses = collections.Counter(label for model in models for label in set(model["labels"]))
    return {"labels": sorted(uses, key=lambda label: (-uses[label], sort_key(label)))}


def _conditions(call: Call, request: Any) -> Iterator[Condition]:
    for field in ("name", "description"):
        if getattr(request, field):
            yield _contains(field, getattr(request, field))
    if labels := set(rejoined(request.labels)):
        yield lambda model: not labels.isdisjoint(model["labels"])
    if request.archived is not None:
        yield lambda model: model["archived"] == request.archived
    if request.id:
        yield lambda model: model["id"] == request.id
    yield from _owners(call, request)
    yield from _workspaces(call, request)


def _owners(call: Call, request: Any) -> Iterator[Condition]:
    if names := set(rejoined(request.users)):
        yield lambda model: call.db.users.row(model["user_id"])["username"] in names
    if request.user_ids:
        yield lambda model: model["user_id"] in request.user_ids


def _workspaces(call: Call, request: Any) -> Iterator[Condition]:
    """Names of which none is a workspace's filter nothing."""
    found = [call.db.workspaces.one(name=name) for name in request.workspace_names]
    wanted = request.workspace_ids or [row["id"] for row in found if row is not None]
    if wanted:
        yield lambda model: model["workspace_id"] in wanted


def _contains(field: str, text: str) -> Condition:
    matches = like(f"%{text}%")
    return lambda model: matches(model[field])


def _order(call: Call, sort_by: Any) -> Callable[[Row], Any]:
    """The key of the sort; equal ones by id in the same direction."""
    keys: Mapping[str, Callable[[Row], Any]] = {
        "SORT_BY_NAME": lambda model: sort_key(model["name"]),
        "SORT_BY_DESCRIPTION": lambda model: sort_key(model["description"]),
        "SORT_BY_CREATION_TIME": lambda model: model["creation_time"],
        "SORT_BY_LAST_UPDATED_TIME": lambda model: model["last_updated_time"],
        "SORT_BY_NUM_VERSIONS": lambda model: call.db.model_versions.tally(model_id=model["id"]),
        "SORT_BY_WORKSPACE": lambda model: sort_key(call.db.workspaces.row(model["workspace_id"])["name"]),
    }
    key = keys.get(sort_by, lambda model: 0)
    return lambda model: (key(model), model["id"])
