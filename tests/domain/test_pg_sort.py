"""PostgreSQL's sort: in order whatever comes in, and ties as the database leaves them."""
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fakedet.domain.pg_sort import pg_sorted


@given(st.lists(st.integers(0, 20), max_size=200), st.booleans())
def test_the_result_is_in_order_and_has_the_same_items(numbers: list[int], descending: bool) -> None:
    items = list(enumerate(numbers))
    found = pg_sorted(items, lambda item: item[1], descending)
    assert [number for _, number in found] == sorted(numbers, reverse=descending)
    assert sorted(found) == items


def test_ties_of_a_master_with_three_of_each_kind() -> None:
    read = ["v1", "v2", "v3", "c1", "c2", "c3", "t1", "t2", "t3"]
    assert pg_sorted(read, lambda name: name[1]) == ["c1", "v1", "t1", "c2", "v2", "t2", "v3", "t3", "c3"]


def test_fewer_than_seven_ties_keep_the_order_in_which_they_are_read() -> None:
    assert pg_sorted(["v1", "v2", "c1", "c2", "t1", "t2"], lambda name: name[1]) == ["v1", "c1", "t1", "v2", "c2", "t2"]
