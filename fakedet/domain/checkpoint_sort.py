"""Sorts checkpoints as the master does: Go's unstable sort over comparisons that are not always orders.

Missing values, NaN and metrics that are no numbers make the outcome (or the panic) depend on which elements meet:
then every step of Go's sort is followed. Usually, with keys present and different, the order is unique and Python's
sort finds it much faster.
"""
from __future__ import annotations

from operator import attrgetter, itemgetter
from typing import Any, Callable, Sequence

from fakedet.domain.checkpoint_order import MISSING, CheckpointOrder, Sortable
from fakedet.domain.errors import Internal
from fakedet.domain.go_sort import sort_slice
from fakedet.domain.paging import Page, slice_page

#: (0, value, report time), or one number that puts a missing value first or last; with the checkpoint it belongs to.
_Key = tuple[Any, ...]
_Entry = tuple[_Key, Any]


class CheckpointListing:
    """Checkpoints in one order, to be read page by page, as often as wanted.

    Making it and reading it raise Internal with the master's text where the master panics while it compares or slices.
    """

    def __init__(self, checkpoints: Sequence[Sortable], order: CheckpointOrder):
        self._entries = _entries(_latest_report_first(checkpoints), order)
        self._order = order
        self._ranked = self._entries
        self._is_final = not _is_weak_order(self._entries, order)
        if self._is_final:
            sort_slice(self._ranked, _odd_comparison(order))
        else:
            self._ranked = sorted(self._entries, key=itemgetter(0), reverse=order.descending)

    def page(self, offset: int = 0, limit: int = 0) -> tuple[list[Any], Page]:
        """The checkpoints of a page, and where in the list it is."""
        page = slice_page(len(self._ranked), offset, limit)
        if not self._is_final and self._depends_on_the_sort(page):
            sort_slice(self._entries, _flipped(_key_less) if self._order.descending else _key_less)
            self._ranked, self._is_final = self._entries, True
        return [checkpoint for _, checkpoint in page.cut(self._ranked)], page

    def _depends_on_the_sort(self, page: Page) -> bool:
        """Whether equal keys touch the page; up to 12 elements Go's sort is as stable as Python's."""
        around = self._ranked[max(page.start - 1, 0) : page.end + 1]
        return len(self._ranked) > 12 and _has_equal_neighbours(around)


def _latest_report_first(checkpoints: Sequence[Sortable]) -> list[Sortable]:
    """As the query hands them to the sort."""
    return sorted(checkpoints, key=attrgetter("report_time"), reverse=True)


def _entries(checkpoints: Sequence[Sortable], order: CheckpointOrder) -> list[_Entry]:
    missing: _Key = (1,) if order.missing_last and not order.descending else (-1,)
    values = list(map(order.value, checkpoints))
    if not order.ties_by_report:
        return [(missing if value is MISSING else (0, value), checkpoint) for value, checkpoint in zip(values, checkpoints, strict=True)]
    return [(missing if value is MISSING else (0, value, checkpoint.report_time), checkpoint)
            for value, checkpoint in zip(values, checkpoints, strict=True)]


def _is_weak_order(entries: Sequence[_Entry], order: CheckpointOrder) -> bool:
    """Whether the comparison is consistent: numbers, no NaN, and missing values not each less than the other."""
    if not order.ties_by_report:
        return True
    values = [key[1] for key, _ in entries if key[0] == 0]
    missing = len(entries) - len(values)
    return (missing <= 1 or order.missing_last) and all(map(_is_orderly_number, values))


def _is_orderly_number(value: Any) -> bool:
    return type(value) in (int, float) and value == value


def _is_missing(entry: _Entry) -> bool:
    return bool(entry[0][0])


def _has_equal_neighbours(entries: Sequence[_Entry]) -> bool:
    return any(entry[0] == following[0] for entry, following in zip(entries, entries[1:], strict=False))


def _key_less(a: _Entry, b: _Entry) -> bool:
    return a[0] < b[0]


def _odd_comparison(order: CheckpointOrder) -> Callable[[_Entry, _Entry], bool]:
    """The master's comparison to the letter, for values that do not make an order or are no numbers."""
    less = _flipped(_value_less) if order.descending else _value_less
    return _missing_last(less) if order.missing_last else less


def _flipped(less: Callable[[_Entry, _Entry], bool]) -> Callable[[_Entry, _Entry], bool]:
    return lambda a, b: less(b, a)


def _missing_last(less: Callable[[_Entry, _Entry], bool]) -> Callable[[_Entry, _Entry], bool]:
    return lambda a, b: not _is_missing(a) if _is_missing(a) or _is_missing(b) else less(a, b)


def _value_less(a: _Entry, b: _Entry) -> bool:
    """Missing is less than everything, even than missing; equal values go by report time."""
    if _is_missing(a) or _is_missing(b):
        return _is_missing(a)
    (_, value, reported), (_, other, other_reported) = a[0], b[0]
    if _go_equal(value, other):
        return bool(reported < other_reported)
    return _float64(value) < _float64(other)


def _go_equal(a: Any, b: Any) -> bool:
    """Equality of two interface values that hold JSON."""
    if _go_type(a) != _go_type(b):
        return False
    if isinstance(a, (dict, list)):
        raise Internal(f"runtime error: comparing uncomparable type {_go_type(a)}")
    return bool(a == b)


def _float64(value: Any) -> float:
    if _go_type(value) != "float64":
        raise Internal(f"interface conversion: interface {{}} is {_go_type(value)}, not float64")
    return float(value)


def _go_type(value: Any) -> str:
    return _GO_TYPES[type(value)]


_GO_TYPES = {
    int: "float64",
    float: "float64",
    str: "string",
    bool: "bool",
    type(None): "nil",
    dict: "map[string]interface {}",
    list: "[]interface {}",
}
