"""Rows outside /api/v1 have their keys in the order of PostgreSQL's jsonb, and steps count what a trial did."""
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fakedet.gateway.legacy.flat_checkpoint import plain_metadata
from fakedet.gateway.legacy.old_rows import jsonb

DOCUMENTS = st.recursive(st.integers() | st.text(max_size=3), lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=4), inner))


@given(DOCUMENTS)
def test_jsonb_changes_the_order_of_keys_only(document) -> None:
    assert jsonb(document) == document


def test_jsonb_puts_short_keys_first() -> None:
    assert list(jsonb({"accuracy": 1, "loss": 2, "code/": 3, "b": 4, "a": 5})) == ["a", "b", "loss", "code/", "accuracy"]


def test_metadata_of_old_clients_is_what_their_users_put_there() -> None:
    assert plain_metadata({"steps_completed": 1, "framework": "torch", "format": "pickle", "determined_version": "1", "mine": 2}) == {"mine": 2}
