"""The journal of a world."""
from __future__ import annotations

from fakedet.exchanges import KEPT, KEPT_BYTES, Exchanges


def test_the_newest_thousand_are_kept() -> None:
    journal = Exchanges()
    for number in range(KEPT + 5):
        journal.begin("GET", f"/{number}", b"")
    assert [exchange.target for exchange in journal] == [f"/{number}" for number in range(5, KEPT + 5)]


def test_large_bodies_push_out_the_oldest_but_never_the_newest() -> None:
    journal = Exchanges()
    for number in range(3):
        journal.begin("POST", f"/{number}", bytes(KEPT_BYTES // 2))
    assert [exchange.target for exchange in journal] == ["/1", "/2"]
    journal.begin("POST", "/whole", bytes(KEPT_BYTES + 1))
    assert [exchange.target for exchange in journal] == ["/whole"]


def test_a_cleared_journal_has_room_again() -> None:
    journal = Exchanges()
    journal.begin("POST", "/0", bytes(KEPT_BYTES))
    journal.clear()
    journal.begin("POST", "/1", bytes(KEPT_BYTES))
    journal.begin("GET", "/2", b"")
    assert len(journal) == 2
