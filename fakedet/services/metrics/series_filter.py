"""The filter that a series may have in place of bounds: a range of steps or of times (master: db/bun_filters.go)."""
from __future__ import annotations

import operator
from math import inf, nextafter
from typing import Any, Callable, Mapping, NamedTuple, Sequence

from fakedet.domain.errors import Internal
from fakedet.domain.go_print import printed
from fakedet.domain.timestamps import format_time_of_go

Row = Mapping[str, Any]
#: The columns that can be filtered by, and what the database calls them.
COLUMNS = {"batches": "total_batches", "time": "end_time"}
#: The ranges that a filter may have.
KINDS = ("time", "integer", "double")
_COMPARISONS: Mapping[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "gt": (">", operator.gt), "gte": (">=", operator.ge), "lt": ("<", operator.lt), "lte": ("<=", operator.le)}


class SeriesFilter(NamedTuple):
    """By which column the series is filtered and ordered, and between which bounds; `kind` is time, integer or double."""

    column: str
    kind: str
    range: Any

    @classmethod
    def of(cls, message: Any) -> "SeriesFilter | None":
        """The filter of a request; raises Internal for several ranges and for one that holds nothing."""
        if message is None:
            return None
        kinds = [kind for kind in KINDS if getattr(message, f"{kind}_range") is not None]
        if len(kinds) > 1:
            raise Internal(f"invalid filter: only one filter \n\t\trange may be specified however {len(kinds)} filters have beed defined")
        kind = kinds[0] if kinds else ""
        found = getattr(message, f"{kind}_range", None)
        if kind:
            (_check_times if kind == "time" else _check_numbers)(kind, found)
        return cls("batches" if message.name is None else message.name, kind, found)

    def check(self, selected: Sequence[str]) -> None:
        """Raise what the database says of a range that cannot be asked for; without bounds any selected metric can order."""
        bounds = self._bounds()
        if self.column not in COLUMNS:
            if bounds or self.column not in selected:
                raise refused(f'column "{self.column}" does not exist (SQLSTATE 42703)')
            return
        if bounds and (self.kind == "time") != (self.column == "time"):
            raise _mismatch(self.column, *next(iter(bounds.items())))
        if getattr(self.range, "incl", None) or getattr(self.range, "not_in", None):
            raise refused(f'invalid input syntax for type integer: "{COLUMNS[self.column]}" (SQLSTATE 22P02)')

    def passes(self, row: Row) -> bool:
        """Whether a report is within the range."""
        bounds = self._bounds()
        value = row[COLUMNS[self.column]] if self.column in COLUMNS else None
        return not bounds or (value is not None and all(_COMPARISONS[name][1](value, bound) for name, bound in bounds.items()))

    def steps(self) -> tuple[float | None, float | None]:
        """From which step on and below which one the series goes, if it is filtered by steps."""
        bounds = self._bounds() if self.column == "batches" else {}
        lows = [bounds[name] if name == "gte" else nextafter(bounds[name], inf) for name in ("gt", "gte") if name in bounds]
        highs = [bounds[name] if name == "lt" else nextafter(bounds[name], inf) for name in ("lt", "lte") if name in bounds]
        return max(lows, default=None), min(highs, default=None)

    def _bounds(self) -> dict[str, Any]:
        return {name: getattr(self.range, name) for name in _COMPARISONS if getattr(self.range, name, None) is not None}


def refused(text: str) -> Internal:
    """The query fails in the database."""
    return Internal(f"failed to get metrics to sample for experiment: ERROR: {text}")


def _check_times(_: str, found: Any) -> None:
    """As the master checks it: what the range begins with is mistaken for one of its ends unless both beginnings are there."""
    lows = [bound for bound in (found.gt, found.gte) if bound is not None]
    highs = [bound for bound in (found.lt, found.lte) if bound is not None]
    if lows and highs:
        first, last = max(lows) if len(lows) == 2 else highs[0], min(highs)
        if last < first:
            raise Internal(f"invalid date range: end date {time_of_go(last)} cannot be earlier than start date {time_of_go(first)}")


def _check_numbers(kind: str, found: Any) -> None:
    lows = [bound for bound in (found.gt, found.gte) if bound is not None]
    highs = [bound for bound in (found.lt, found.lte) if bound is not None]
    if lows and highs and min(lows) > max(highs):
        raise Internal(f"invalid {kind} range: min value {printed(min(lows))} cannot be larger than max value {printed(max(highs))}")


def time_of_go(microseconds: int) -> str:
    """A time as Go prints it."""
    return format_time_of_go(microseconds).replace("T", " ").removesuffix("Z") + " +0000 UTC"


def _mismatch(column: str, name: str, bound: Any) -> Internal:
    """Steps compared with a time, or times with a number."""
    if column == "batches":
        text = time_of_go(bound).removesuffix(" +0000 UTC")
        return refused(f'invalid input syntax for type integer: "{text}+00:00" (SQLSTATE 22P02)')
    number = "integer" if float(bound).is_integer() else "numeric"
    return refused(f"operator does not exist: timestamp with time zone {_COMPARISONS[name][0]} {number} (SQLSTATE 42883)")
