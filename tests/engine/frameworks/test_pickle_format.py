"""Pickles without the classes they name."""
from __future__ import annotations

import pickle
import pickletools
from collections import OrderedDict
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakedet.engine.frameworks.pickle_format import Call, Name, ordered_dict, pickled

scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text())
values = st.recursive(scalars, lambda inner: st.one_of(
    st.lists(inner, max_size=5), st.lists(inner, max_size=5).map(tuple), st.dictionaries(st.text(), inner, max_size=5)), max_leaves=20)

#: what torch's loader takes with weights_only (torch/_weights_only_unpickler.py of torch 2)
SAFE = {"PROTO", "STOP", "MARK", "NONE", "NEWTRUE", "NEWFALSE", "BININT", "BININT1", "LONG1", "BINFLOAT", "BINUNICODE",
        "EMPTY_TUPLE", "TUPLE1", "TUPLE2", "TUPLE3", "TUPLE", "EMPTY_LIST", "APPENDS",
        "EMPTY_DICT", "SETITEMS", "GLOBAL", "REDUCE", "BUILD", "BINPERSID"}


@given(values)
def test_python_reads_back_every_plain_value(value):
    assert pickle.loads(pickled(value)) == value


@given(values)
def test_only_opcodes_of_torchs_safe_loader_are_used(value):
    used = {opcode.name for opcode, _, _ in pickletools.genops(pickled({"value": value, "named": ordered_dict({"a": value}, extra=value)}))}
    assert used <= SAFE


def test_an_ordered_dict_has_its_items_and_attributes():
    read = pickle.loads(pickled(ordered_dict({"b": 1, "a": 2}, _metadata="m")))
    assert (read, read._metadata) == (OrderedDict(b=1, a=2), "m")


def test_a_call_is_made_when_the_pickle_is_loaded():
    assert pickle.loads(pickled(Call(Name("fractions", "Fraction"), (1, 2)))) == Fraction(1, 2)


def test_a_value_that_is_not_plain_is_refused_by_its_type():
    with pytest.raises(TypeError, match="A set cannot be pickled here"):
        pickled({1, 2})
