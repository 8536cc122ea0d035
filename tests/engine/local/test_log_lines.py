"""What a task prints becomes lines with rank and level."""
from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakedet.engine.local.log_lines import LONGEST, LineSplitter, log_line


def split(pieces: list[bytes]) -> list[str]:
    """All lines of a stream that comes in these pieces."""
    splitter = LineSplitter()
    return [line for piece in pieces for line in splitter.fed(piece)] + list(splitter.ended())


@pytest.mark.parametrize(("text", "rank_id", "level", "log"), [
    ("plain", None, None, "plain\n"),
    ("INFO: [12] root: ready", None, "INFO", "[12] root: ready\n"),
    ("CRITICAL:now", None, "CRITICAL", "now\n"),
    ("[rank=3] WARNING: low", 3, "WARNING", "low\n"),
    ("[rank=3] text", 3, None, "text\n"),
    ("it says INFO: no", None, None, "it says INFO: no\n"),
    ("TRACE: no level", None, None, "TRACE: no level\n"),
    ("", None, None, "\n"),
])
def test_rank_and_level_count_at_the_beginning_of_a_line_only(text: str, rank_id: int | None, level: str | None, log: str) -> None:
    expected: dict[str, Any] = {"rank_id": rank_id, "level": level, "log": log}
    assert log_line(text) == expected


def test_both_line_feed_and_carriage_return_end_a_line() -> None:
    assert split([b"10%\r20%\r\nend"]) == ["10%", "20%", "", "end"]


def test_long_lines_are_cut() -> None:
    assert [len(line) for line in split([b"x" * (2 * LONGEST + 5)])] == [LONGEST, LONGEST, 5]


@given(st.lists(st.binary(max_size=40)))
def test_lines_do_not_depend_on_where_the_pieces_are_cut(pieces: list[bytes]) -> None:
    assert split(pieces) == split([b"".join(pieces)])
