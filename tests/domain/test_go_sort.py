"""sort.Slice as Go sorts. fixtures/golden/go_sort.jsonl.xz: values, the order Go 1.26 left them in, its comparisons."""
from __future__ import annotations

import json
import lzma
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakedet.domain.go_sort import sort_slice

GOLDEN = Path(__file__).parents[2] / "fixtures" / "golden" / "go_sort.jsonl.xz"
CASES = [json.loads(line) for line in lzma.decompress(GOLDEN.read_bytes()).splitlines()]


def go_order(values):
    """Indices after the sort, and the number of comparisons; None is less than everything, even None."""
    numbers = [None if value is None else float(value) for value in values]
    compared = 0

    def less(i, j):
        nonlocal compared
        compared += 1
        if numbers[i] is None or numbers[j] is None:
            return numbers[i] is None
        return numbers[i] < numbers[j]

    order = list(range(len(numbers)))
    sort_slice(order, less)
    return order, compared


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['kind']}-{len(case['values'])}")
def test_elements_lie_and_comparisons_happen_as_in_go(case):
    assert go_order(case["values"]) == (case["order"], case["comparisons"])


@given(st.lists(st.integers(), max_size=200))
def test_a_true_order_sorts(numbers):
    items = list(numbers)
    sort_slice(items, int.__lt__)
    assert items == sorted(numbers)


@given(st.lists(st.integers(0, 3), max_size=12))
def test_up_to_twelve_elements_equal_ones_keep_their_order(numbers):
    items = list(enumerate(numbers))
    sort_slice(items, lambda a, b: a[1] < b[1])
    assert items == sorted(enumerate(numbers), key=lambda item: item[1])


@given(st.integers(0, 300), st.integers())
def test_no_comparison_however_wild_loses_an_element(size, seed):
    items, chance = list(range(size)), random.Random(seed)
    sort_slice(items, lambda a, b: chance.random() < 0.5)
    assert sorted(items) == list(range(size))
