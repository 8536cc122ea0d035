"""Answering a query: tables filtered, sorted and cut, and of each record what is asked for."""
from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Callable, Iterable, Mapping

from fakedet.gateway.legacy.graphql.best import best_of_experiment, best_of_trial
from fakedet.gateway.legacy.graphql.language import Field, GraphqlError
from fakedet.gateway.legacy.graphql.tables import Record, all_of

if TYPE_CHECKING:
    from fakedet.store import Database

BY_KEY, AGGREGATE = "_by_pk", "_aggregate"
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "_eq": operator.eq, "_neq": operator.ne, "_gt": operator.gt, "_gte": operator.ge, "_lt": operator.lt, "_lte": operator.le,
    "_in": lambda value, wanted: value in wanted, "_nin": lambda value, wanted: value not in wanted}


def execute(db: "Database", fields: Iterable[Field]) -> dict[str, Any]:
    """The data of a query."""
    return {field.name: _root(db, field) for field in fields}


def _root(db: "Database", field: Field) -> Any:
    if field.name == "best_checkpoint_by_metric":
        return [_shown(record, field.selection) for record in best_of_trial(db, **field.arguments["args"])]
    if field.name.endswith(BY_KEY):
        wanted = {column: {"_eq": value} for column, value in field.arguments.items()}
        found = [record for record in all_of(field.name.removesuffix(BY_KEY), db) if matches(record, wanted)]
        return _shown(found[0], field.selection) if found else None
    return [_shown(record, field.selection) for record in _chosen(all_of(field.name, db), field.arguments)]


def _shown(record: Record, selection: Iterable[Field]) -> dict[str, Any]:
    return {field.name: _value(record, field) for field in selection}


def _value(record: Record, field: Field) -> Any:
    if field.name == "best_checkpoints_by_metric":
        return [_shown(found, field.selection) for found in best_of_experiment(record, **field.arguments["args"])]
    if field.name.endswith(AGGREGATE):
        related = record.related(field.name.removesuffix(AGGREGATE))
        return {"aggregate": {"count": len(_chosen(related if isinstance(related, list) else [], field.arguments))}}
    if not record.has_relation(field.name):
        return _at_path(record[field.name], field.arguments.get("path"))
    related = record.related(field.name)
    if isinstance(related, list):
        return [_shown(found, field.selection) for found in _chosen(related, field.arguments)]
    return None if related is None else _shown(related, field.selection)


def _at_path(value: Any, path: str | None) -> Any:
    """What is within a JSON column."""
    for name in (path or "").split(".") if path else []:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _chosen(records: list[Record], arguments: Mapping[str, Any]) -> list[Record]:
    found = [record for record in records if matches(record, arguments.get("where") or {})]
    for order in reversed(_listed(arguments.get("order_by"))):
        found = _sorted(found, order)
    start = arguments.get("offset") or 0
    limit = arguments.get("limit")
    return found[start:] if limit is None else found[start:start + limit]


def matches(record: Record, where: Mapping[str, Any]) -> bool:
    """Whether a record meets every condition."""
    return all(_meets(record, name, condition) for name, condition in where.items())


def _meets(record: Record, name: str, condition: Any) -> bool:
    if name in ("_and", "_or"):
        return (all if name == "_and" else any)(matches(record, one) for one in _listed(condition))
    if name == "_not":
        return not matches(record, condition)
    if not record.has_relation(name):
        return all(_holds(record[name], comparison, wanted) for comparison, wanted in condition.items())
    related = record.related(name)
    return any(matches(one, condition) for one in (related if isinstance(related, list) else [related]) if one is not None)


def _holds(value: Any, comparison: str, wanted: Any) -> bool:
    if comparison == "_is_null":
        return (value is None) == bool(wanted)
    if comparison not in _COMPARISONS:
        raise GraphqlError(f"unexpected operator: {comparison!r}")
    return value is not None and _COMPARISONS[comparison](value, wanted)


def _sorted(records: list[Record], order: Mapping[str, Any]) -> list[Record]:
    """By one key: what is not there comes last, or first where the largest is."""
    path, direction = list[str](), order
    while isinstance(direction, Mapping):
        name, direction = next(iter(direction.items()))
        path.append(name)

    def key(record: Record) -> tuple[bool, Any]:
        value = _along(record, path)
        return value is None, 0 if value is None else value
    return sorted(records, key=key, reverse=str(direction).startswith("desc"))


def _along(record: Record, path: list[str]) -> Any:
    for name in path[:-1]:
        related = record.related(name)
        if not isinstance(related, Record):
            return None
        record = related
    return record[path[-1]]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
