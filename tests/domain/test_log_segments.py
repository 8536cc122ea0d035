"""Segments of log lines: nothing is lost in them, and what they say of themselves never hides a line."""
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fakedet.domain.log_conditions import After, Contains, NotAfter, OneOf
from fakedet.domain.log_segments import LISTED, packed, unpacked

TEXTS = st.text(alphabet=st.sampled_from('aBé%_\\"\n\x00 3{😀\ud800'), max_size=6)
FIELDS = {name: st.sampled_from([None, "a", "b"]) for name in LISTED if name != "rank_id"}
LINE = st.fixed_dictionaries({"task_id": st.just("t"), "log": TEXTS, "timestamp": st.none() | st.integers(-5, 5),
                              "rank_id": st.none() | st.integers(0, 2), **FIELDS})
LINES = st.lists(LINE, min_size=1, max_size=8).map(lambda lines: [{**line, "id": 3 * number + 1} for number, line in enumerate(lines)])
CONDITIONS = st.one_of(
    st.builds(OneOf, st.sampled_from(sorted(FIELDS)), st.sets(st.sampled_from([None, "a", "b", "c"]), min_size=1)),
    st.builds(OneOf, st.just("rank_id"), st.sets(st.sampled_from([None, 0, 1, 7]), min_size=1)),
    st.builds(OneOf, st.just("task_id"), st.sets(st.sampled_from(["t", "u"]), min_size=1)),
    st.builds(NotAfter, st.integers(-6, 6)), st.builds(After, st.integers(-6, 6)), st.builds(Contains, TEXTS.filter(bool)))


@given(LINES)
def test_lines_come_out_as_they_went_in(lines):
    assert unpacked(packed(lines)) == lines


@given(LINES, CONDITIONS)
def test_a_segment_with_a_line_that_fulfils_a_condition_may_match(lines, condition):
    assert condition.may_match(packed(lines)) or not any(map(condition.matches, lines))


def test_a_segment_without_the_value_is_passed_over():
    segment = packed([{"task_id": "t", "id": 1, "log": "Epoch 3\n", "timestamp": 5, **dict.fromkeys(LISTED), "rank_id": 0}])
    refused = [OneOf("rank_id", [1]), OneOf("source", ["task"]), OneOf("task_id", ["u"]), NotAfter(4), After(5), Contains("loss")]
    assert not any(condition.may_match(segment) for condition in refused)
    assert Contains("EPOCH 3").may_match(segment)
