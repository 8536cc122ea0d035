"""The store's own methods on a table."""
from __future__ import annotations

import pytest

from fakedet.store import Database
from fakedet.store.errors import NoSuchRow
from fakedet.store.schema import TABLES


def test_an_inserted_row_gets_the_next_id_and_carries_it(db):
    assert [db.users.insert({"username": "ann"}), db.users.insert({"username": "bob"})] == [1, 2]
    assert db.users.row(2) == {"id": 2, "username": "bob"}


def test_an_id_in_the_inserted_row_is_overwritten(db):
    assert db.users.row(db.users.insert({"id": 40})) == {"id": 1}


def test_the_inserted_mapping_is_not_shared_with_the_table(db):
    given = {"username": "ann"}
    db.users.insert(given)
    given["username"] = "eve"
    assert db.users.row(1)["username"] == "ann" and "id" not in given


def test_the_id_of_a_deleted_last_row_does_not_come_back(db):
    db.users.delete(db.users.insert({}))
    assert db.users.insert({}) == 2


def test_rows_are_found_by_equal_values_in_the_order_of_their_ids(db):
    for experiment_id in (1, 2, 1, 1):
        db.trials.insert({"experiment_id": experiment_id, "state": "ACTIVE"})
    db.trials.change(1, experiment_id=9)
    db.trials.change(1, experiment_id=1)
    assert [row["id"] for row in db.trials.rows(experiment_id=1)] == [1, 3, 4]
    assert db.trials.one(experiment_id=1)["id"] == 1
    assert db.trials.tally(experiment_id=1) == 3


def test_several_equal_values_must_all_hold(db):
    for experiment_id, state, seed in ((1, "ACTIVE", 0), (1, "ERROR", 0), (2, "ERROR", 0), (1, "ERROR", 7)):
        db.trials.insert({"experiment_id": experiment_id, "state": state, "seed": seed})
    assert [row["id"] for row in db.trials.rows(experiment_id=1, state="ERROR")] == [2, 4]
    assert db.trials.tally(experiment_id=1, state="ERROR", seed=7) == 1
    assert db.trials.rows(id=4, state="ACTIVE") == []


@pytest.mark.parametrize("field", ["experiment_id", "seed"])
@pytest.mark.parametrize(
    ("stored", "asked", "found"),
    [(None, None, True), ("absent", None, True), (1, 1.0, True), ([1], [1], True), ([1], [2], False), ([1], (1,), False),
     ({"a": 1}, {"a": 1}, True), (float("nan"), float("nan"), False), (None, 0, False), ("1", 1, False)],
)
def test_equality_is_the_same_with_and_without_an_index(db, field, stored, asked, found):
    db.trials.insert({} if stored == "absent" else {field: stored})
    assert bool(db.trials.rows(**{field: asked})) is found


def test_nan_equals_nothing_not_even_itself(db):
    nan = float("nan")
    db.trials.insert({"experiment_id": nan})
    assert db.trials.rows(experiment_id=nan) == []
    db.trials.change(1, experiment_id=3)
    assert db.trials.tally(experiment_id=3) == 1


def test_no_condition_means_all_rows(db):
    db.users.insert({})
    db.users.insert({})
    assert [row["id"] for row in db.users.rows()] == [1, 2]
    assert db.users.tally() == 2 and db.users.one()["id"] == 1


def test_a_change_replaces_the_row_and_leaves_the_old_one_as_it_was(db):
    db.users.insert({"username": "ann", "admin": False})
    old = db.users.row(1)
    assert db.users.change(1, admin=True, id=5) == {"id": 1, "username": "ann", "admin": True}
    assert old == {"id": 1, "username": "ann", "admin": False}


def test_changing_a_row_that_is_not_there_is_an_error_and_deleting_it_is_none(db):
    with pytest.raises(NoSuchRow, match="^users has no row 3.$"):
        db.users.change(3, admin=True)
    db.users.delete(3)


def test_an_ordered_field_is_read_in_slices(db):
    for start in (30, 10, None, 20, 10):
        db.trials.insert({"start_time": start})
    assert [row["id"] for row in db.trials.ordered("start_time")] == [2, 5, 4, 1, 3]
    assert [row["id"] for row in db.trials.ordered("start_time", descending=True)] == [3, 1, 4, 5, 2]
    assert [row["id"] for row in db.trials.ordered("start_time", since=10, before=30)] == [2, 5, 4]
    assert [row["id"] for row in db.trials.ordered("start_time", offset=1, limit=2)] == [5, 4]


def test_a_table_that_is_not_declared_is_no_attribute(db):
    with pytest.raises(AttributeError, match="trails"):
        db.trails  # noqa: B018


def test_no_declared_table_hides_a_method_of_the_database():
    assert [name for name in TABLES if hasattr(Database, name)] == []


def test_sequences_count_from_one_each_for_itself(db):
    assert [db.sequence("ids"), db.sequence("ids"), db.sequence("other")] == [1, 2, 1]
