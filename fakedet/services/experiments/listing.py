"""The list of experiments: filters, sort keys, pages (master: api_experiment.go, GetExperiments)."""
from __future__ import annotations

from typing import Any, Callable, Iterator, Mapping

from fakedet.domain.collation import sort_key
from fakedet.domain.filters.sql_types import DOUBLE
from fakedet.domain.paging import query_page
from fakedet.domain.sql_casts import as_double
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.experiments.conditions import STORED, contains, labelled, stored_states
from fakedet.services.experiments.messages import experiment_message
from fakedet.services.matching import DESCENDING, Condition
from fakedet.services.projects.rules import is_archived
from fakedet.services.registry import rpc

Row = Mapping[str, Any]
SECOND = 1_000_000


@rpc("GetExperiments")
def get_experiments(call: Call, request: Any) -> dict[str, Any]:
    """The experiments that meet all filters, a page of them."""
    if request.project_id:
        finding.project(call.db, request.project_id)
    conditions = list(_conditions(call, request))
    found = [row for row in _candidates(call, request) if all(condition(row) for condition in conditions)]
    ordered = _sorted(call, found, request)
    page = query_page(len(ordered), request.offset, request.limit)
    return {"experiments": [listed_message(call, row, with_trial=request.show_trial_data) for row in page.cut(ordered)],
            "pagination": page.block()}


def listed_message(call: Call, row: Row, *, with_trial: bool = False) -> dict[str, Any]:
    """An experiment as lists show it: some facts more, the texts less."""
    owner, config = call.db.users.row(row["owner_id"]), row["config"]
    message = experiment_message(call.db, row)
    message.pop("model_definition_size")
    return {**message, "trial_ids": [], "original_config": "", "config": config, "notes": "omitted" if row["notes"] else "",
            "display_name": owner["display_name"] or owner["username"], "searcher_type": config["searcher"]["name"],
            "searcher_metric": config["searcher"]["metric"], "hyperparameters": config.get("hyperparameters") or {},
            "duration": _duration(call, row), "external_experiment_id": row["external_experiment_id"],
            **_best_trial(call, row, with_trial)}


def _best_trial(call: Call, row: Row, with_metric: bool) -> dict[str, Any]:
    best = call.db.trials.row(row["best_trial_id"]) if row["best_trial_id"] else None
    if best is None:
        return {}
    shown = {"external_trial_id": best["external_trial_id"]}
    return {**shown, "best_trial_searcher_metric": as_double(best["searcher_metric_value"])} if with_metric else shown


def _duration(call: Call, row: Row) -> int:
    return round(((row["end_time"] or call.now) - row["start_time"]) / SECOND)


def _candidates(call: Call, request: Any) -> list[Any]:
    return call.db.experiments.rows(project_id=request.project_id) if request.project_id else call.db.experiments.rows()


def _conditions(call: Call, request: Any) -> Iterator[Condition]:
    for name in ("name", "description"):
        if getattr(request, name):
            yield contains(name, getattr(request, name))
    yield labelled(request.labels)
    if request.archived is not None:
        yield _archived(call, request)
    yield from _states(request)
    yield from _owners(call, request)
    yield from _numbers(request.experiment_id_filter)


def _id_test(test: Callable[[int, Any], bool], value: Any) -> Condition:
    return lambda row: test(row["id"], value)


def _archived(call: Call, request: Any) -> Condition:
    if request.archived:
        return lambda row: bool(row["archived"])
    return lambda row: not row["archived"] and (bool(request.project_id) or not is_archived(call.db, call.db.projects.row(row["project_id"])))


def _states(request: Any) -> Iterator[Condition]:
    wanted = stored_states(request.states)
    if wanted:
        yield lambda row: row["state"] in wanted


def _owners(call: Call, request: Any) -> Iterator[Condition]:
    if request.users:
        yield lambda row: call.db.users.row(row["owner_id"])["username"] in request.users
    if request.user_ids:
        yield lambda row: row["owner_id"] in request.user_ids


def _numbers(wanted: Any) -> Iterator[Condition]:
    if wanted is None:
        return
    tests: Mapping[str, Callable[[int, Any], bool]] = {
        "lt": int.__lt__, "lte": int.__le__, "gt": int.__gt__, "gte": int.__ge__,
        "incl": lambda number, among: number in among, "not_in": lambda number, among: number not in among}
    for name, test in tests.items():
        value = getattr(wanted, name)
        if value is not None and value != []:
            yield _id_test(test, value)


def _sorted(call: Call, rows: list[Row], request: Any) -> list[Row]:
    """Nulls come last in both directions; equal ones by id in the same direction."""
    key, reverse = _key(call, request.sort_by), request.order_by == DESCENDING
    present = [row for row in rows if key(row) is not None]
    absent = [row for row in rows if key(row) is None]
    present.sort(key=lambda row: (key(row), row["id"]), reverse=reverse)
    absent.sort(key=lambda row: row["id"], reverse=reverse)
    return present + absent


def _number(value: float | None) -> Any:
    return None if value is None else DOUBLE.key(value)


def _text(value: str | None) -> Any:
    return None if value is None else sort_key(value)


def _key(call: Call, sort_by: Any) -> Callable[[Row], Any]:
    keys: Mapping[str, Callable[[Row], Any]] = {
        "SORT_BY_NAME": lambda row: _text(row["config"]["name"]),
        "SORT_BY_DESCRIPTION": lambda row: _text(row["config"].get("description")),
        "SORT_BY_START_TIME": lambda row: row["start_time"],
        "SORT_BY_END_TIME": lambda row: row["end_time"],
        "SORT_BY_STATE": lambda row: STORED.index(row["state"]),
        "SORT_BY_NUM_TRIALS": lambda row: call.db.trials.tally(experiment_id=row["id"]),
        "SORT_BY_PROGRESS": lambda row: row["progress"] or 0.0,
        "SORT_BY_USER": lambda row: _text(_display_name(call, row)),
        "SORT_BY_FORKED_FROM": lambda row: row["parent_id"],
        "SORT_BY_RESOURCE_POOL": lambda row: _text((row["config"].get("resources") or {}).get("resource_pool") or ""),
        "SORT_BY_PROJECT_ID": lambda row: row["project_id"],
        "SORT_BY_CHECKPOINT_SIZE": lambda row: row["checkpoint_size"],
        "SORT_BY_CHECKPOINT_COUNT": lambda row: row["checkpoint_count"],
        "SORT_BY_SEARCHER_METRIC_VAL": lambda row: _number(_best_trial(call, row, True).get("best_trial_searcher_metric")),
    }
    return keys.get(sort_by, lambda row: row["id"])


def _display_name(call: Call, row: Row) -> str:
    owner = call.db.users.row(row["owner_id"])
    return str(owner["display_name"] or owner["username"])
