"""Pages as 0.38.1 cuts them: recordings checkpoints/list_paging, experiments/list_pages, templates/list, trials/list_paging."""
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakedet.domain.errors import Internal, InvalidArgument
from fakedet.domain.paging import query_page, slice_page, sql_page

ROWS = list(range(300))


@pytest.mark.parametrize(
    ("offset", "limit", "start", "end"),
    [
        (0, 0, 0, 4),
        (0, 2, 0, 2),
        (0, 9, 0, 4),
        (1, 0, 1, 4),
        (1, 2, 1, 3),
        (3, 5, 3, 4),
        (4, 0, 4, 4),
        (4, 3, 4, 4),
        (-1, 0, 3, 4),
        (-2, 1, 2, 3),
        (-4, 0, 0, 4),
    ],
)
def test_a_list_in_memory_is_sliced(offset, limit, start, end):
    block = {"offset": offset, "limit": limit, "start_index": start, "end_index": end, "total": 4}
    assert slice_page(4, offset, limit).block() == block


@pytest.mark.parametrize("offset", [5, -5])
@pytest.mark.parametrize("limit", [0, 2, -1])
def test_an_offset_outside_a_list_in_memory_is_refused(offset, limit):
    with pytest.raises(InvalidArgument, match="^offset out of bounds$"):
        slice_page(4, offset, limit)


@pytest.mark.parametrize(("total", "offset"), [(4, 0), (4, 4), (4, -1), (0, 0)])
@pytest.mark.parametrize("limit", [-1, -2, -3])
def test_a_negative_limit_panics_on_a_list_in_memory(total, offset, limit):
    with pytest.raises(Internal, match=r"^reflect.Value.Slice: slice index out of bounds$"):
        slice_page(total, offset, limit)


@pytest.mark.parametrize(
    ("total", "offset", "limit", "start", "end"),
    [
        (101, 0, 0, 0, 100),
        (101, 50, 0, 50, 101),
        (101, -101, 0, 0, 100),
        (6, -1, 0, 5, 6),
        (6, -4, 2, 2, 4),
        (6, -7, 0, 6, 6),
        (6, 7, 3, 6, 6),
        (6, 0, -1, 0, 6),
        (6, 3, -1, 3, 6),
        (6, 1, -2, 1, 1),
        (6, 0, -3, 0, -3),
        (6, 4, 9, 4, 6),
    ],
)
def test_a_query_clamps_the_offset_and_knows_all_and_nothing(total, offset, limit, start, end):
    assert query_page(total, offset, limit) == (offset, limit, start, end, total)


@pytest.mark.parametrize(("offset", "limit", "rows"), [(0, -3, 6), (2, -4, 4), (0, -2, 0), (6, 0, 0), (2, 3, 3)])
def test_a_limit_below_minus_two_limits_nothing(offset, limit, rows):
    assert len(query_page(6, offset, limit).cut(ROWS[:6])) == rows


@pytest.mark.parametrize(("offset", "limit", "rows"), [(0, -2, 4), (1, -2, 3), (4, 0, 0), (0, 1, 1), (0, -1, 4)])
def test_an_empty_page_of_templates_holds_all_rows_from_its_start(offset, limit, rows):
    assert len(query_page(4, offset, limit).cut_without_empty_limit(ROWS[:4])) == rows


def test_postgresql_refuses_a_limit_below_minus_two():
    with pytest.raises(Internal, match="LIMIT must not be negative"):
        sql_page(5, 0, -3)
    assert sql_page(5, 1, -2).cut(ROWS[:5]) == []


@given(total=st.integers(0, 300), size=st.integers(1, 120), page_of=st.sampled_from([slice_page, query_page, sql_page]))
def test_pages_read_one_after_the_other_lose_and_repeat_nothing(total, size, page_of):
    seen, start = [], 0
    while start < total:
        page = page_of(total, start, size)
        seen += page.cut(ROWS[:total])
        start = page.end
    assert seen == ROWS[:total]
