"""Times that a filter names by the day it is asked on."""
from __future__ import annotations

import json

import pytest

from fakedet.domain.filters import Column, plan_filter

HOUR = 3600 * 1_000_000
NOON = 1_709_294_400_000_000  # 2024-03-01, 12:00


def asked(operator, value, *, column="startTime", **more):
    field = {"kind": "field", "columnName": column, "operator": operator, "value": value, **more}
    return plan_filter(json.dumps({"filterGroup": {"kind": "group", "conjunction": "and", "children": [field]}}), NOON)()


START = Column("experiment", "startTime")


def passes(found, value, column=START):
    return found.matches(lambda asked: value if asked == column else None)


@pytest.mark.parametrize(("word", "hours"), [
    ("now", 0), (" NOW ", 0), ("today", -12), ("tomorrow", 12), ("Yesterday 13:30", -22.5), ("today 02:00 +01", -11)])
def test_now_and_the_days_around_it_are_times(word, hours):
    found = asked(">=", word)
    assert found.follows_time
    assert (passes(found, NOON + hours * HOUR), passes(found, NOON + hours * HOUR - 1)) == (True, False)


def test_only_times_are_read_so():
    found = asked("=", "today", column="name")
    assert not found.follows_time
    assert passes(found, "today", Column("experiment", "name"))
