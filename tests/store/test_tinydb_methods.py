"""TinyDB's own methods mean on these tables what they mean in TinyDB."""
from __future__ import annotations

import pytest
from tinydb import Query, TinyDB, where
from tinydb.operations import add, delete, increment
from tinydb.storages import MemoryStorage
from tinydb.table import Document

from fakedet.store import Database

Trial = Query()


def seeded(db):
    table = db.table("trials")
    table.insert_multiple({"experiment_id": n % 3, "state": "ACTIVE" if n % 2 else "ERROR", "tags": [n], "n": n} for n in range(1, 8))
    return table


def contents(table):
    return {document.doc_id: {k: v for k, v in document.items() if k != "id"} for document in table}


ACTIONS = [
    lambda t: t.search(Trial.experiment_id == 1),
    lambda t: t.search((Trial.experiment_id == 1) & (Trial.state == "ERROR")),
    lambda t: t.search(Trial.tags.any([2, 3])),
    lambda t: t.search(Trial.tags == [2]),
    lambda t: t.search(Trial.missing == None),  # noqa: E711
    lambda t: t.search(~(Trial.state == "ERROR")),
    lambda t: t.search(lambda document: document["n"] > 5),
    lambda t: t.get(Trial.experiment_id == 2),
    lambda t: t.get(Trial.experiment_id == 17),
    lambda t: t.get(doc_id=3),
    lambda t: t.get(doc_id=99),
    lambda t: t.get(doc_ids=[5, 3, 3, 99]),
    lambda t: [t.contains(doc_id=3), t.contains(Trial.n == 9), t.count(Trial.state == "ERROR"), len(t)],
    lambda t: t.all(),
    lambda t: t.insert(Document({"experiment_id": 1}, 20)),
    lambda t: [t.insert(Document({"n": 0}, 20)), t.insert({"n": 1})],
    lambda t: t.update({"experiment_id": 5}, Trial.state == "ERROR"),
    lambda t: t.update({"state": "PAUSED"}),
    lambda t: t.update({"state": "PAUSED"}, doc_ids=[2, 99, 4]),
    lambda t: t.update(increment("experiment_id"), Trial.experiment_id == 1),
    lambda t: t.update(add("tags", [0]), Trial.n == 2),
    lambda t: t.update(delete("state"), Trial.n == 2),
    lambda t: t.update_multiple([({"n": 100}, Trial.n == 2), ({"state": "C"}, Trial.n == 100)]),
    lambda t: t.upsert({"state": "C"}, Trial.n == 2),
    lambda t: t.upsert({"n": 50}, Trial.n == 50),
    lambda t: t.upsert(Document({"n": 51}, 3)),
    lambda t: t.upsert(Document({"n": 52}, 30)),
    lambda t: t.remove(Trial.experiment_id == 1),
    lambda t: t.remove(doc_ids=[1, 99, 7]),
    lambda t: t.truncate(),
    lambda t: t._update_table(lambda documents: documents.pop(3) and documents[4].update(n=0)),
]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("looked_up_before", [False, True])
def test_an_action_answers_and_leaves_what_it_does_in_plain_tinydb(db, action, looked_up_before):
    ours, plain = seeded(db), seeded(TinyDB(storage=MemoryStorage))
    if looked_up_before:
        ours.rows(experiment_id=1, state="ERROR")
    assert without_id(action(ours)) == without_id(action(plain))
    assert contents(ours) == contents(plain)


def without_id(answer):
    if isinstance(answer, dict):
        return {key: value for key, value in answer.items() if key != "id"}
    return [without_id(item) for item in answer] if isinstance(answer, list) else answer


@pytest.mark.parametrize(
    "action",
    [lambda t: t.insert(Document({}, 3)), lambda t: t.insert([1]), lambda t: t.get(), lambda t: t.remove(),
     lambda t: t.insert_multiple([{"n": 1}, 5]), lambda t: t.upsert({"n": 1})],
)
def test_a_misuse_is_refused_as_in_plain_tinydb_and_changes_nothing(db, action):
    ours, plain = seeded(db), seeded(TinyDB(storage=MemoryStorage))
    before = contents(ours)
    with pytest.raises(Exception) as theirs:
        action(plain)
    with pytest.raises(theirs.type):
        action(ours)
    assert contents(ours) == before


def test_an_update_that_fails_half_way_changes_nothing(db):
    trials = seeded(db)
    before = contents(trials)

    def fail_at_four(document):
        document["tags"].append("touched")
        if document["n"] == 4:
            raise ValueError

    with pytest.raises(ValueError):
        trials.update(fail_at_four)
    assert contents(trials) == before


def test_changing_a_document_that_was_handed_out_does_not_change_the_table(db):
    document = seeded(db).get(doc_id=1)
    document["state"] = "gone"
    assert db.trials.get(doc_id=1)["state"] == "ACTIVE"


def test_two_handles_on_a_table_see_the_same_rows(db):
    assert db.table("users") is db.users
    db.users.insert({"username": "ann"})
    assert db.table("users").search(where("username") == "ann")


def test_tables_can_be_listed_and_dropped(db):
    db.users.insert({})
    db.logs.insert({})
    assert db.tables() == {"users", "logs"}
    db.drop_table("users")
    assert db.tables() == {"logs"}
    db.drop_tables()
    assert db.tables() == set()


def test_the_storage_reads_as_tinydbs_document_and_takes_one(schema):
    from fakedet.store.storage import MemoryStorage as Memory

    storage = Memory()
    storage.write({"users": {"7": {"username": "ann"}}})
    db = Database(schema, storage)
    assert db.users.one(username="ann") == {"id": 7, "username": "ann"}
    assert db.users.insert({}) == 8
    assert storage.read() == {"users": {"7": {"id": 7, "username": "ann"}, "8": {"id": 8}}}
