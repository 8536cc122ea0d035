"""A snapshot brings back every table and sequence, in this database, in another one, or from a file."""
from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakedet.store import Database
from fakedet.store.errors import Damaged, StoreError, UnknownFormat
from fakedet.store.snapshot import Snapshot

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3), max_leaves=8)


def filled(db):
    for number in range(5):
        db.trials.insert({"experiment_id": number % 2, "loss": math.nan if number else -math.inf})
    db.sequence("ids")
    return db


def everything(db):
    """All rows and sequences as text; the order of the fields within a row does not count."""
    return json.dumps([db.storage.read(), db.storage.state.sequences], sort_keys=True)


def test_restoring_brings_back_rows_lookups_and_sequences(db):
    before, snapshot = everything(filled(db)), db.snapshot()
    db.trials.change(1, experiment_id=1)
    db.trials.delete(2)
    db.users.insert({})
    db.sequence("ids")
    db.restore(snapshot)
    assert everything(db) == before
    assert [row["id"] for row in db.trials.rows(experiment_id=0)] == [1, 3, 5]
    assert (db.trials.insert({}), db.users.insert({}), db.sequence("ids")) == (6, 1, 2)


def test_a_snapshot_can_be_restored_more_than_once(db):
    snapshot = filled(db).snapshot()
    for _ in range(2):
        db.restore(snapshot)
        db.trials.truncate()
    db.restore(snapshot)
    assert db.trials.tally() == 5


def test_restoring_is_a_new_version_and_followers_hear_the_difference(db):
    snapshot = filled(db).snapshot()
    kept, lost = db.trials.row(1), db.trials.change(2, loss=0.5)
    heard, version = [], db.version
    db.follow(heard.extend)
    db.restore(snapshot)
    assert db.version == version + 1 and kept is db.trials.row(1)
    assert [(change.id, change.old, change.new) for change in heard] == [(2, lost, db.trials.row(2))]


def test_a_snapshot_cannot_be_restored_within_a_transaction(db):
    snapshot = db.snapshot()
    with pytest.raises(StoreError, match="within a transaction"), db.transaction():
        db.restore(snapshot)


def test_a_clone_goes_its_own_way(db):
    clone = filled(db).clone()
    assert everything(clone) == everything(db)
    clone.trials.change(1, experiment_id=7)
    db.trials.delete(2)
    assert (db.trials.row(1)["experiment_id"], clone.trials.tally(), clone.trials.insert({}), db.trials.tally()) == (0, 5, 6, 4)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.text(max_size=4), json_values, max_size=4), max_size=5))
def test_a_snapshot_file_gives_back_any_json_rows(tmp_path_factory, documents):
    db = Database({})
    for document in documents:
        db.table("logs").insert(document)
    path = tmp_path_factory.getbasetemp() / "saved"
    db.snapshot().save(path)
    other = Database({})
    other.restore(Snapshot.load(path))
    assert everything(other) == everything(db)


def test_more_rows_than_a_line_takes_are_saved_too(db, tmp_path):
    db.logs.insert_multiple({"log": str(number)} for number in range(2500))
    db.snapshot().save(tmp_path / "saved")
    assert Snapshot.load(tmp_path / "saved") == db.snapshot()


def test_a_snapshot_file_that_was_cut_or_altered_is_refused(db, tmp_path):
    path = tmp_path / "saved"
    filled(db).snapshot().save(path)
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        with pytest.raises(Damaged):
            Snapshot.load(path)
    path.write_bytes(whole.replace(b"Infinity", b"infinity"))
    with pytest.raises(Damaged, match="saved is damaged: line 2 is not what was written"):
        Snapshot.load(path)


def test_a_file_of_another_format_is_refused_by_name(db, tmp_path):
    from fakedet.store.frames import framed

    path = tmp_path / "saved"
    path.write_bytes(framed({"fakedet": "state", "format": 2}))
    with pytest.raises(UnknownFormat, match="has format 2; this version reads format 1"):
        Snapshot.load(path)
