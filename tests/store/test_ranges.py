"""Slices of a table by a number answer as a scan of all rows would, whatever happens to the table."""
from __future__ import annotations

import contextlib
import math

from hypothesis import given
from hypothesis import strategies as st

from fakedet.store import Database
from fakedet.store.declaration import TableSchema
from fakedet.store.errors import NoSuchRow

SCHEMA = {"metrics": TableSchema(ranges=(("trial", "group", "step"),))}
ROWS = st.fixed_dictionaries({"trial": st.integers(1, 2), "group": st.sampled_from(["a", "b"]), "step": st.none() | st.integers(-2, 5)})
STEPS = st.lists(st.one_of(
    st.tuples(st.just("insert"), ROWS), st.tuples(st.just("change"), ROWS, st.integers(1, 9)), st.tuples(st.just("delete"), st.integers(1, 9)),
    st.tuples(st.just("undone"), ROWS, st.integers(1, 9)), st.just(("look",))), max_size=25)
BOUND = st.none() | st.integers(-3, 6)


def happen(db, action, *arguments):
    with contextlib.suppress(NoSuchRow):
        if action == "insert":
            db.metrics.insert(*arguments)
        elif action == "change":
            db.metrics.change(arguments[1], **arguments[0])
        elif action == "delete":
            db.metrics.delete(*arguments)
        elif action == "undone":
            with contextlib.suppress(RuntimeError), db.transaction():
                happen(db, "change", *arguments)
                happen(db, "insert", arguments[0])
                raise RuntimeError


def scanned(db, trial, group, since, before):
    chosen = [row for row in db.metrics.rows(trial=trial, group=group)
              if (since is None or number(row) >= since) and (before is None or number(row) < before)]
    return sorted(chosen, key=lambda row: (number(row), row["id"]))


def number(row):
    return math.inf if row["step"] is None else row["step"]


@given(STEPS, st.integers(1, 2), st.sampled_from(["a", "b"]), BOUND, BOUND)
def test_a_slice_is_what_a_scan_finds(steps, trial, group, since, before):
    db = Database(SCHEMA)
    for step in [*steps, ("look",)]:
        happen(db, *step)
        if step == ("look",):
            assert list(db.metrics.slice("step", trial=trial, group=group, since=since, before=before)) == scanned(db, trial, group, since, before)


def test_a_slice_is_a_sequence_of_rows():
    db = Database(SCHEMA)
    for step in (30, 10, 20, None):
        db.metrics.insert({"trial": 1, "group": "a", "step": step})
    found = db.metrics.slice("step", trial=1, group="a", since=15)
    assert [row["step"] for row in found] == [20, 30, None]
    assert (len(found), found[0]["step"], found[-1]["step"], [row["step"] for row in found[:2]]) == (3, 20, None, [20, 30])
    assert list(db.metrics.slice("step", trial=7, group="a")) == []
