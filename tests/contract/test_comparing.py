"""How replies are held against recordings."""
from __future__ import annotations

from typing import Any

import pytest

from fakedet.contract.comparing import Comparison

ONE, TWO = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


def differ(want: Any, got: Any, unordered: list[str] | None = None) -> bool:
    return any(Comparison({}, unordered or []).differences(want, got))


@pytest.mark.parametrize("want, got", [
    ({"a": 1}, {"a": 1.0}), ("<time>", "2026-01-05T09:00:00.001Z"), ("<int>", 3), ("<number>", 0.5), ("<any>", None),
    (["<uuid:1>", "<uuid:1>"], [ONE, ONE]), ("1.<uuid:1>", "1." + ONE), (0.1, 0.1 + 1e-12)])
def test_equal(want: Any, got: Any) -> None:
    assert not differ(want, got)


@pytest.mark.parametrize("want, got", [
    ({"a": 1}, {"a": 1, "b": 2}), ({"a": None}, {}), ("<int>", True), ("<int>", 1.5), ("<time>", "yesterday"), (1, True), (0, False),
    (["<uuid:1>", "<uuid:1>"], [ONE, TWO]), ([1, 2], [2, 1]), ([1], [1, 1]), ("a", 1), ("<string>", 5), ({}, [])])
def test_different(want: Any, got: Any) -> None:
    assert differ(want, got)


def test_unordered_lists_may_come_in_any_order_but_hold_the_same() -> None:
    assert not differ({"a": [1, 2, 2]}, {"a": [2, 1, 2]}, ["a"])
    assert differ({"a": [1, 2, 2]}, {"a": [2, 1, 1]}, ["a"])
    assert not differ({"x": {"a": [1, 2]}}, {"x": {"a": [2, 1]}}, ["**.a"])
