"""The first rows as PostgreSQL's heap gives them."""
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakedet.domain.pg_top import pg_first


@given(st.lists(st.integers(0, 5), max_size=60), st.integers(0, 20), st.booleans())
def test_the_first_by_key_come_in_order(keys, most, descending):
    found = pg_first(list(enumerate(keys)), lambda item: item[1], most, descending)
    assert [key for _, key in found] == sorted(keys, reverse=descending)[:most]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(("most", "found"), [(1, [0]), (2, [1, 0]), (3, [1, 2, 0]), (4, [1, 2, 3, 0]), (5, [0, 1, 2, 3, 4])])
def test_of_ten_that_tie_the_heap_decides_which_come_and_in_which_order(most, found):
    assert pg_first(list(range(10)), lambda item: 0, most) == found
