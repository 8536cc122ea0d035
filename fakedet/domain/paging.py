"""The master's paginations: how `offset` and `limit` cut a list, and the block that tells the client where it is.

Lists sorted in memory are sliced: an offset out of range is refused and a negative limit panics (master: api/query.go,
api/params.go). Lists paged by a query clamp the offset and know the limits -1 (to the end) and -2 (nothing) (master:
db/bunutils/paginate.go, page_info in SQL).
"""
from __future__ import annotations

from typing import NamedTuple, Sequence, TypeVar

from fakedet.domain.errors import Internal, InvalidArgument

Row = TypeVar("Row")

DEFAULT_QUERY_LIMIT = 100
TO_THE_END = -1
NOTHING = -2


class Page(NamedTuple):
    """Which part of a list was asked for (`offset`, `limit`) and which one that is: from `start`, without `end`."""

    offset: int
    limit: int
    start: int
    end: int
    total: int

    def block(self) -> dict[str, int]:
        """The Pagination message."""
        return {
            "offset": self.offset,
            "limit": self.limit,
            "start_index": self.start,
            "end_index": self.end,
            "total": self.total,
        }

    def cut(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows of this page; an end before the start means no limit, as a query without LIMIT gives them."""
        return rows[self.start : self.end] if self.end >= self.start else rows[self.start :]

    def cut_without_empty_limit(self, rows: Sequence[Row]) -> Sequence[Row]:
        """As `cut`, but bun leaves out LIMIT 0: an empty page gives all rows from its start (templates, pools)."""
        return rows[self.start : self.end] if self.end > self.start else rows[self.start :]


def slice_page(total: int, offset: int, limit: int) -> Page:
    """The page of a list held in memory; limit 0 is no limit."""
    start = offset if offset >= 0 else total + offset
    end = total if limit == 0 else min(start + limit, total)
    if not 0 <= start <= total:
        raise InvalidArgument("offset out of bounds")
    if end < start:
        raise Internal("reflect.Value.Slice: slice index out of bounds")
    return Page(offset, limit, start, end, total)


def page_by_hand(rows: Sequence[Row], offset: int, limit: int) -> tuple[Sequence[Row], dict[str, int]]:
    """The rows and the block of lists that count from the offset as it was sent; a limit that is not positive is none (groups, roles)."""
    start = max(offset, 0)
    page = rows[start : start + limit] if limit > 0 else rows[start:]
    return page, Page(offset, limit, offset, offset + len(page), len(rows)).block()


def query_page(total: int, offset: int, limit: int) -> Page:
    """The page of a query that the master builds; limit 0 is 100 rows. One below -2 puts the end before the start."""
    start = _clamped(offset, total)
    return Page(offset, limit, start, _query_end(start, limit, total), total)


def sql_page(total: int, offset: int, limit: int) -> Page:
    """The page of a query that pages itself (trials of an experiment, workloads): PostgreSQL refuses a limit below -2."""
    page = query_page(total, offset, limit)
    if page.end < page.start:
        raise Internal("ERROR: LIMIT must not be negative (SQLSTATE 2201W)")
    return page


def _clamped(offset: int, total: int) -> int:
    if not -total <= offset <= total:
        return total
    return offset if offset >= 0 else total + offset


def _query_end(start: int, limit: int, total: int) -> int:
    if limit == NOTHING:
        return start
    if limit == TO_THE_END:
        return total
    return min(start + (limit or DEFAULT_QUERY_LIMIT), total)
