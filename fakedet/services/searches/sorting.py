"""Sort strings: `name=asc,hp.lr=desc`. Nulls come last in both directions, and what is equal goes by id."""
from __future__ import annotations

from typing import Any, Callable, Mapping, NamedTuple, Sequence

from fakedet.domain.collation import sort_key
from fakedet.domain.errors import InvalidArgument
from fakedet.domain.filters.metric_ids import metric_path
from fakedet.domain.jsonb_order import jsonb_key
from fakedet.domain.searcher_metric import rank
from fakedet.domain.sql_casts import as_text
from fakedet.services.searches.facts import Fact, within
from fakedet.services.searches.subjects import Subject

_DIRECTIONS = ("asc", "desc")
#: Keys by id, None for nulls, and whether they descend.
Keys = tuple[Mapping[int, Any], bool]


class Order(NamedTuple):
    """One key of a sort; its values compare, None is null."""

    name: str
    key: Fact
    descends: bool

    @property
    def follows_time(self) -> bool:
        """Whether the keys change with the time, though nothing else does."""
        return self.name == "duration"


class SortColumns(NamedTuple):
    """What a search can be sorted by: columns by name, and documents whose parts a prefix like `hp.` names."""

    named: Mapping[str, Fact]
    documents: Mapping[str, Fact]


def read_sort(text: str | None, columns: SortColumns) -> list[Order]:
    """The keys of a request's `sort`; without it, and where it does not name the id, rows go by ascending id."""
    return [] if text is None else [_order(parameter, columns) for parameter in text.split(",")]


def sorted_ids(ids: Sequence[int], orders: Sequence[Keys]) -> list[int]:
    """The ids, which come ascending, ordered by these keys, the first ones first."""
    result = list(ids)
    for keys, descends in reversed(orders):
        present = [number for number in result if keys[number] is not None]
        present.sort(key=keys.__getitem__, reverse=descends)
        result = present + [number for number in result if keys[number] is None]
    return result


def place(keys: Sequence[tuple[Any, bool]], number: int) -> Any:
    """What an id with these keys compares by in the order of `sorted_ids`; with each key whether it descends."""
    return (*((key is None, _Backwards(key) if descends else key) for key, descends in keys), number)


class _Backwards:
    """A key in descending order."""

    def __init__(self, key: Any):
        self.key = key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Backwards) and bool(self.key == other.key)

    def __lt__(self, other: "_Backwards") -> bool:
        return bool(other.key < self.key)


def text(fact: Fact) -> Fact:
    """The fact as a key in the order of text."""
    return _keyed(fact, sort_key)


def number(fact: Fact) -> Fact:
    """The fact as a key in the order of numbers: NaN is greater than all."""
    return _keyed(fact, rank)


def _keyed(fact: Fact, key_of: Callable[[Any], Any]) -> Fact:
    def key(subject: Subject) -> Any:
        value = fact(subject)
        return None if value is None else key_of(value)
    return key


def _order(parameter: str, columns: SortColumns) -> Order:
    name, separator, direction = parameter.partition("=")
    if not separator or "=" in direction:
        raise InvalidArgument(f"invalid sort parameter: {parameter}")
    if direction not in _DIRECTIONS:
        raise InvalidArgument(f"invalid sort direction: {direction}")
    return Order(name, _key(name, columns), direction == "desc")


def _key(name: str, columns: SortColumns) -> Fact:
    for prefix, document in columns.documents.items():
        if name.startswith(prefix):
            return _part(document, name.replace("'", "").removeprefix(prefix).split("."))
    if "." in name:
        return _metric(metric_path(name))
    if name not in columns.named:
        raise InvalidArgument(f"invalid sort col: {name}")
    return columns.named[name]


def _part(document: Fact, path: list[str]) -> Fact:
    """A part of a JSON document; a null that stands there is a value, one that is missing is not."""
    def key(subject: Subject) -> Any:
        parent = within(document(subject), path[:-1])
        return jsonb_key(parent[path[-1]]) if isinstance(parent, Mapping) and path[-1] in parent else None
    return key


def _metric(path: tuple[str, str, str]) -> Fact:
    """A value of the summary metrics, in the order of its text: 10 comes before 9."""
    def key(subject: Subject) -> Any:
        value = None if subject.run is None else within(subject.run["summary_metrics"], path)
        return None if value is None else sort_key(as_text(value))
    return key
