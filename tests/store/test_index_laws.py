"""Whatever happens to a table, its indexes answer as a scan of all rows would, and a snapshot brings everything back."""
from __future__ import annotations

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st
from tinydb import where

from fakedet.store import Database
from fakedet.store.declaration import TableSchema
from fakedet.store.errors import NoSuchRow

SCHEMA = {"trials": TableSchema(indexes=("a", "b"), combined=(("a", "c"),), ordered=("c",))}
VALUES = [None, 0, 1, 1.0, True, "x", [1], float("nan")]
ids = st.integers(1, 8)
values = st.sampled_from(VALUES)
rows = st.fixed_dictionaries({}, optional={"a": values, "b": values, "c": values})
steps = st.one_of(
    st.tuples(st.just("insert"), rows),
    st.tuples(st.just("change"), ids, rows),
    st.tuples(st.just("delete"), ids),
    st.tuples(st.just("update"), values, rows),
    st.tuples(st.just("remove"), values),
    st.tuples(st.just("look")),
    st.tuples(st.just("snapshot")),
)
nested_steps = st.recursive(
    steps, lambda inner: st.tuples(st.just("transaction"), st.booleans(), st.lists(inner, max_size=6)), max_leaves=12)
programs = st.lists(nested_steps, max_size=12)


class Failure(Exception):
    pass


def run(db, step):
    action, *arguments = step
    if action == "insert":
        db.trials.insert(*arguments)
    elif action == "change":
        with contextlib.suppress(NoSuchRow):
            db.trials.change(arguments[0], **arguments[1])
    elif action == "delete":
        db.trials.delete(*arguments)
    elif action == "update":
        db.trials.update(arguments[1], where("a") == arguments[0])
    elif action == "remove":
        db.trials.remove(where("b") == arguments[0])
    elif action == "look":
        assert_lookups_equal_a_scan(db)
    elif action == "transaction":
        run_together(db, *arguments)
    elif not db.log.is_open:
        check_restoring(db)


def run_together(db, fails, inner):
    before = repr(db.trials.rows())
    with contextlib.suppress(Failure), db.transaction():
        for step in inner:
            run(db, step)
        if fails:
            raise Failure
    assert not fails or repr(db.trials.rows()) == before


def check_restoring(db):
    snapshot, before = db.snapshot(), repr(db.trials.rows())
    db.trials.insert({"a": 1})
    db.trials.truncate()
    db.restore(snapshot)
    assert repr(db.trials.rows()) == before


def assert_lookups_equal_a_scan(db):
    everything = [db.trials.row(row_id) for row_id in sorted(db.trials._rows)]
    assert list(map(id, db.trials.rows())) == list(map(id, everything))
    for field in ("a", "b"):
        for value in VALUES:
            found = [row for row in everything if row.get(field) == value]
            assert repr(db.trials.rows(**{field: value})) == repr(found)
            assert db.trials.tally(**{field: value}) == len(found)
            assert repr(db.trials.one(**{field: value})) == repr(found[0] if found else None)
            condition = where(field) == value
            assert repr(list(map(dict, db.trials.search(condition)))) == repr(list(filter(condition, everything)))
    for a, c in zip(VALUES, [*VALUES[1:], None]):
        found = [row for row in everything if row.get("a") == a and row.get("c") == c]
        assert repr(db.trials.rows(a=a, c=c)) == repr(found)
        assert db.trials.tally(a=a, c=c) == len(found)
    assert_ordered(db.trials.ordered("c"), everything)


def assert_ordered(answer, everything):
    assert sorted(map(id, answer)) == sorted(map(id, everything))
    numbers = [(row["c"], row["id"]) for row in answer if isinstance(row.get("c"), (int, float)) and row["c"] == row["c"]]
    assert numbers == sorted(numbers) and [row.get("c") for row in answer[:len(numbers)]] == [number for number, _ in numbers]


@settings(max_examples=80, deadline=None)
@given(programs)
def test_indexed_answers_equal_a_full_scan_after_any_sequence_of_operations(program):
    db = Database(SCHEMA)
    for step in program:
        run(db, step)
    assert_lookups_equal_a_scan(db)
