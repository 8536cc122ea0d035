"""Whatever is sent is decoded or refused; nothing makes a decoder fail."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fakedet import spec
from fakedet.domain.errors import MasterError
from fakedet.gateway.decode import decode_request
from fakedet.gateway.decode_json import decoder
from fakedet.gateway.decode_values import BadValue, Inexact

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@st.composite
def bodies_for_any_rpc(draw: st.DrawFn) -> tuple[spec.Rpc, bytes]:
    """An RPC and a JSON object with some of its fields' names and any values."""
    rpc = draw(st.sampled_from(spec.rpcs()))
    names = [field.json for field in spec.fields(rpc.request)]
    value = draw(st.dictionaries(st.sampled_from(names), ANY_JSON) if names else ANY_JSON)
    return rpc, json.dumps(value).encode()


@settings(max_examples=300, deadline=None)
@given(bodies_for_any_rpc())
def test_no_json_makes_a_decoder_fail_otherwise_than_by_refusing(case: tuple[spec.Rpc, bytes]) -> None:
    with contextlib.suppress(MasterError):
        decode_request(case[0], {}, "", case[1])


@settings(deadline=None)
@given(st.sampled_from(spec.rpcs()), st.text(), st.binary())
def test_no_bytes_make_a_decoder_fail_otherwise_than_by_refusing(rpc: spec.Rpc, query: str, body: bytes) -> None:
    with contextlib.suppress(MasterError):
        decode_request(rpc, {}, query, body)


@settings(deadline=None)
@given(st.sampled_from(spec.messages()), ANY_JSON)
def test_no_value_makes_a_messages_decoder_fail_otherwise_than_by_refusing(name: str, value: Any) -> None:
    with contextlib.suppress(BadValue, Inexact):
        decoder(name)({field.json: value for field in spec.fields(name)})
