"""Base64 as Go reads it; where a text is wrong was asked of Go itself."""
from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakedet.domain.go_base64 import CorruptInput, decode


@given(st.binary(), st.integers(1, 9))
def test_what_is_encoded_is_read_again_whatever_lines_it_has(data: bytes, width: int) -> None:
    text = base64.b64encode(data).decode()
    assert decode(text) == data
    assert decode("\n".join(text[start:start + width] for start in range(0, len(text), width)) + "\r\n") == data


@pytest.mark.parametrize("text, place", [("x", 0), ("xx", 0), ("abcdx", 4), ("abcdxyz", 4), ("a-cd", 1), ("ab=c", 2), ("ab=", 3), ("ab=\n", 4),
                                         ("a=", 1), ("ab==c", 4), ("abc=d", 4), ("ab\nc", 1), ("\u00e9", 0), ("=", 0)])
def test_a_text_is_refused_at_its_place(text: str, place: int) -> None:
    with pytest.raises(CorruptInput, match=f"^illegal base64 data at input byte {place}$"):
        decode(text)
