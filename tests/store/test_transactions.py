"""All changes of a transaction happen together, or none."""
from __future__ import annotations

import contextlib
import sys
import threading

import pytest

from fakedet.store import Database
from fakedet.store.errors import StoreError
from fakedet.store.storage import MemoryStorage


class Failure(Exception):
    pass


@contextlib.contextmanager
def failing(db):
    with contextlib.suppress(Failure), db.transaction():
        yield
        raise Failure


def test_a_transaction_that_raises_leaves_rows_and_lookups_as_they_were(db):
    db.trials.insert({"experiment_id": 1})
    db.trials.rows(experiment_id=1)
    before = db.trials.row(1)
    with failing(db):
        db.trials.change(1, experiment_id=2)
        db.trials.insert({"experiment_id": 1})
        db.trials.delete(1)
    assert db.trials.rows() == db.trials.rows(experiment_id=1) == [before]
    assert db.trials.row(1) is before and db.trials.tally(experiment_id=2) == 0


def test_numbers_drawn_in_a_transaction_that_raises_stay_drawn(db):
    with failing(db):
        assert (db.users.insert({}), db.sequence("ids")) == (1, 1)
    assert (db.users.insert({}), db.sequence("ids")) == (2, 2)


def test_a_nested_transaction_is_undone_with_the_outer_one(db):
    with failing(db), db.transaction():
        db.users.insert({})
    assert db.users.tally() == 0


def test_a_nested_transaction_that_raises_undoes_only_its_own_part(db):
    with db.transaction():
        db.users.insert({"username": "ann"})
        with failing(db):
            db.users.change(1, username="eve")
            db.users.insert({"username": "bob"})
    assert db.users.rows() == [{"id": 1, "username": "ann"}]


def test_the_version_grows_once_with_each_commit_that_changed_something(db):
    with db.transaction():
        db.users.insert({})
        db.users.insert({})
    assert db.version == 1
    with db.transaction():
        db.users.rows()
        db.sequence("ids")
    with failing(db):
        db.users.insert({})
    assert db.version == 1


def test_followers_hear_of_each_commit_with_what_changed(db):
    heard = []
    stop = db.follow(lambda changes: heard.append([tuple(change) for change in changes]))
    with db.transaction():
        db.users.insert({"admin": False})
        db.users.change(1, admin=True)
    db.users.delete(1)
    stop()
    db.users.insert({})
    off, on = {"id": 1, "admin": False}, {"id": 1, "admin": True}
    assert heard == [[("users", 1, None, off), ("users", 1, off, on)], [("users", 1, on, None)]]


def test_a_follower_may_write(db):
    def audit(changes):
        if changes[0].table == "users":
            db.logs.insert({"log": changes[0].id})

    db.follow(audit)
    db.users.insert({})
    assert (db.logs.rows(), db.version) == ([{"id": 1, "log": 1}], 2)


def test_what_the_storage_refuses_is_undone(schema):
    class Full(MemoryStorage):
        def append(self, changes, sequences):
            raise StoreError("disk full")

    db = Database(schema, Full())
    with pytest.raises(StoreError, match="disk full"):
        db.users.insert({"username": "ann"})
    assert db.users.rows() == db.users.rows(username="ann") == [] and db.version == 0


@pytest.fixture
def restless_threads():
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def test_eight_threads_that_write_at_once_lose_nothing(db, restless_threads):
    def work(thread):
        for _ in range(200):
            row_id = db.trials.insert({"experiment_id": thread, "count": 0})
            with db.transaction():
                first = db.trials.one(experiment_id=thread)
                db.trials.change(first["id"], count=first["count"] + 1)
            assert db.trials.row(row_id)["experiment_id"] == thread
            db.trials.rows(state=None)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row["id"] for row in db.trials.rows()] == list(range(1, 1601))
    assert [(db.trials.tally(experiment_id=n), db.trials.one(experiment_id=n)["count"]) for n in range(8)] == [(200, 200)] * 8
    assert db.version == 3200


def test_other_threads_do_not_see_an_open_transaction(db):
    seen = []
    reader = threading.Thread(target=lambda: seen.append(db.users.tally()))
    with db.transaction():
        db.users.insert({})
        reader.start()
        db.users.insert({})
        assert seen == []
    reader.join()
    assert seen == [2]
