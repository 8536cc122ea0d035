"""The filter that a series may have in place of bounds: a range of steps or of times (master: ApplyPolymorphicFilter)."""
from __future__ import annotations

from typing import Any, Callable, Mapping, NamedTuple, Sequence

from fakedet.domain.errors import Internal
from fakedet.domain.go_print import printed

Row = Mapping[str, Any]
_COLUMNS = {"batches": "total_batches", "time": "end_time"}
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "gt": lambda value, bound: value > bound, "gte": lambda value, bound: value >= bound,
    "lt": lambda value, bound: value < bound, "lte": lambda value, bound: value <= bound}


class SeriesFilter(NamedTuple):
    """By which column the series is filtered and ordered, and between which bounds."""

    column: str
    range: Any

    @classmethod
    def of(cls, message: Any) -> "SeriesFilter | None":
        """The filter of a request; raises Internal for a range that holds nothing."""
        if message is None:
            return None
        for kind, found in (("double", message.double_range), ("integer", message.integer_range)):
            if found is not None:
                _check_bounds(kind, found)
                break
        return cls("batches" if message.name is None else message.name,
                   next((found for found in (message.time_range, message.integer_range, message.double_range) if found is not None), None))

    def check(self, selected: Sequence[str]) -> None:
        """Raise what the database says of a column that cannot be filtered by; without a range any selected metric can order."""
        if self.column in _COLUMNS:
            if self.range is not None and (getattr(self.range, "incl", None) or getattr(self.range, "not_in", None)):
                raise _refused(f'invalid input syntax for type integer: "{_COLUMNS[self.column]}" (SQLSTATE 22P02)')
        elif self.column not in selected or self._bounds():
            raise _refused(f'column "{self.column}" does not exist (SQLSTATE 42703)')

    def passes(self, row: Row) -> bool:
        """Whether a report is within the range."""
        bounds = self._bounds()
        value = row[_COLUMNS[self.column]] if self.column in _COLUMNS else None
        return not bounds or (value is not None and all(_COMPARISONS[name](value, bound) for name, bound in bounds.items()))

    def _bounds(self) -> dict[str, Any]:
        return {name: getattr(self.range, name) for name in _COMPARISONS if getattr(self.range, name, None) is not None}


def _check_bounds(kind: str, found: Any) -> None:
    lows = [bound for bound in (found.gt, found.gte) if bound is not None]
    highs = [bound for bound in (found.lt, found.lte) if bound is not None]
    if lows and highs and min(lows) > max(highs):
        raise Internal(f"invalid {kind} range: min value {printed(min(lows))} cannot be larger than max value {printed(max(highs))}")


def _refused(text: str) -> Internal:
    return Internal(f"failed to get metrics to sample for experiment: ERROR: {text}")
