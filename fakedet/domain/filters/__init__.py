"""The filter language of experiments-search and runs (master: experiment_filter.go).

    read_filter('{"filterGroup": {"kind": "group", "conjunction": "and", "children": [...]}}').matches(value_of)

Reading a filter raises Internal with the master's text for whatever the master or its database refuses, in that order.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Iterator

from fakedet.domain.filters.columns import DEFINITIONS, HYPERPARAMETERS, METADATA, NAMES, SUMMARY_METRICS, Column, Leaf, ValueOf
from fakedet.domain.filters.conditions import RowTest
from fakedet.domain.filters.groups import planned
from fakedet.domain.filters.moments import settled
from fakedet.domain.filters.reading import Node, read_root

#: Where fields are looked up in an index of all runs.
INDEXED = ("LOCATION_TYPE_RUN_HYPERPARAMETERS", "LOCATION_TYPE_RUN_METADATA")

__all__ = ["DEFINITIONS", "HYPERPARAMETERS", "METADATA", "NAMES", "SUMMARY_METRICS", "Column", "Filter", "Leaf", "ValueOf", "plan_filter",
           "read_filter"]


@dataclass(frozen=True)
class Filter:
    """What rows a search shows. Archived ones are the search's own business: it leaves them out unless `shows_archived`.

    The answer for a row may change though the row does not: `follows_time` says that it depends on the time, `follows_others`
    on other rows.
    """

    test: RowTest | None
    shows_archived: bool
    follows_time: bool = False
    follows_others: bool = False

    def matches(self, value_of: ValueOf) -> bool:
        """Whether the row passes whose columns `value_of` gives."""
        return self.test is None or self.test(value_of)


def read_filter(text: str, now: int = 0) -> Filter:
    """The filter in a request's `filter` field."""
    return plan_filter(text, now)()


def plan_filter(text: str, now: int) -> Callable[[], Filter]:
    """The filter as far as the master reads it; what is returned asks the database for its objections too."""
    root, shows_archived = read_root(text)
    root, names_today = settled(root, now)
    prepare = planned(root)
    fields = list(_fields(root))
    follows_time = names_today or any(field.column_name == "duration" for field in fields)
    follows_others = any(field.operator == "isEmpty" and field.location in INDEXED for field in fields)
    return lambda: Filter(None if prepare is None else prepare(), shows_archived, follows_time, follows_others)


def _fields(node: Node | None) -> Iterator[Node]:
    if node is not None:
        yield node
        for child in node.children:
            yield from _fields(child)
