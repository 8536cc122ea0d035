"""What a commit has acknowledged is there after any crash; what cannot be a crash is an error."""
from __future__ import annotations

import json
import math
import os
import shutil
import signal
import subprocess
import sys
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakedet.store import Database
from fakedet.store.errors import Damaged, DirectoryInUse, DirectoryUnwritable, StoreError, Unstorable
from fakedet.store.journal import JournalStorage
from fakedet.store.snapshot import Snapshot


def opened(directory, **options):
    return Database({}, JournalStorage(directory, **options))


def everything(db):
    """All rows and sequences as text; the order of the fields within a row does not count."""
    return json.dumps([db.storage.read(), db.storage.state.sequences], sort_keys=True)


def commits(db):
    """Work of all kinds, one commit at a time."""
    users, trials = db.table("users"), db.table("trials")
    yield users.insert({"username": "ann", "note": "zwölf \u2028 \ud800"})
    with db.transaction():
        users.insert({"username": "bob"})
        users.change(2, admin=True)
        trials.insert({"loss": math.nan, "best": math.inf, "worst": -math.inf})
    yield
    yield users.change(1, admin=True, note=None)
    yield users.update(lambda row: row.pop("note"), doc_ids=[1])
    yield db.sequence("ids")
    yield users.delete(2)
    with pytest.raises(InterruptedError), db.transaction():
        users.insert({"username": "eve"})
        raise InterruptedError
    yield
    yield users.insert({"username": "zoe"})


def test_everything_is_there_after_closing_and_opening(tmp_path):
    db = opened(tmp_path)
    list(commits(db))
    before = everything(db)
    db.close()
    again = opened(tmp_path)
    assert everything(again) == before and again.notices == []
    assert again.table("users").insert({}) == 5


def test_a_crash_at_any_byte_loses_no_acknowledged_commit(tmp_path):
    db = opened(tmp_path / "original")
    journal = tmp_path / "original" / "journal.jsonl"
    moments = [(0, everything(db))] + [(journal.stat().st_size, everything(db)) for _ in commits(db)]
    whole = journal.read_bytes()
    for cut in range(len(whole) + 1):
        crashed = tmp_path / str(cut)
        crashed.mkdir()
        shutil.copy(tmp_path / "original" / "state.jsonl", crashed)
        (crashed / "journal.jsonl").write_bytes(whole[:cut])
        acknowledged = [(size, state) for size, state in moments if size <= cut][-1]
        recovered = opened(crashed)
        assert everything(recovered) == acknowledged[1], cut
        assert bool(recovered.notices) == (cut != acknowledged[0])
        recovered.close()


@pytest.mark.parametrize("torn", [1, 10, 40])
def test_a_commit_after_a_recovery_is_there_at_the_next_start(tmp_path, torn):
    db = opened(tmp_path)
    list(commits(db))
    db.close()
    os.truncate(tmp_path / "journal.jsonl", (tmp_path / "journal.jsonl").stat().st_size - torn)
    recovered = opened(tmp_path)
    recovered.table("users").insert({"username": "later"})
    before = everything(recovered)
    recovered.close()
    again = opened(tmp_path)
    assert everything(again) == before and again.notices == []


@pytest.mark.parametrize("tail", [b"garbage", b"\x00" * 40, b"0badcafe 3 {}\n\n\n", b"1234"])
def test_a_torn_end_is_cut_off_with_a_notice_and_kept_aside(tmp_path, tail):
    db = opened(tmp_path)
    db.table("users").insert({})
    db.close()
    with open(tmp_path / "journal.jsonl", "ab") as journal:
        journal.write(tail)
    again = opened(tmp_path)
    assert again.table("users").tally() == 1
    [notice] = again.notices
    assert notice.endswith(f"journal.jsonl ended in {len(tail)} bytes of an interrupted commit; they were moved to torn-off.")
    assert (tmp_path / "torn-off").read_bytes() == tail


def test_damage_before_the_end_is_an_error_that_names_the_line(tmp_path):
    db = opened(tmp_path)
    list(commits(db))
    db.close()
    journal = tmp_path / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    for position in range(len(b"".join(lines[:3]))):
        damaged = bytearray(b"".join(lines))
        damaged[position] ^= 1
        journal.write_bytes(damaged)
        with pytest.raises(Damaged, match=r"journal.jsonl is damaged: line [123] is not what was written, and whole lines follow"):
            opened(tmp_path)
    journal.write_bytes(b"".join(lines[:2] + lines[3:]))
    with pytest.raises(Damaged, match="commit 3 is missing before commit 4"):
        opened(tmp_path)
    (tmp_path / "state.jsonl").unlink()
    with pytest.raises(Damaged, match="state.jsonl is damaged: it is missing"):
        opened(tmp_path)


def test_a_long_journal_is_compacted_and_nothing_is_lost(tmp_path):
    db = opened(tmp_path, small=2000)
    for number in range(300):
        db.table("logs").insert({"log": "x" * 50})
        db.table("logs").delete(number - 5)
    assert (tmp_path / "journal.jsonl").stat().st_size < 4000
    before = everything(db)
    db.close()
    assert everything(opened(tmp_path)) == before


def test_a_crash_between_writing_the_state_and_emptying_the_journal_repeats_nothing(tmp_path):
    db = opened(tmp_path)
    list(commits(db))
    journal = (tmp_path / "journal.jsonl").read_bytes()
    db.storage.compact()
    before = everything(db)
    db.close()
    (tmp_path / "journal.jsonl").write_bytes(journal)
    again = opened(tmp_path)
    assert everything(again) == before
    again.table("users").insert({})
    before = everything(again)
    again.close()
    assert everything(opened(tmp_path)) == before


def test_a_restored_snapshot_is_kept(tmp_path):
    db = opened(tmp_path)
    db.table("users").insert({"username": "ann"})
    snapshot = db.snapshot()
    db.table("users").insert({"username": "bob"})
    db.restore(snapshot)
    db.table("users").insert({"username": "zoe"})
    db.close()
    assert [row["username"] for row in opened(tmp_path).table("users").rows()] == ["ann", "zoe"]


rows = st.dictionaries(st.sampled_from("abc"), st.none() | st.floats() | st.text(max_size=3), max_size=3)
steps = st.lists(st.tuples(st.sampled_from(["insert", "update", "remove", "restore", "compact"]), st.integers(1, 5), rows), max_size=5)


@settings(max_examples=40, deadline=None)
@given(st.lists(steps, max_size=5))
def test_opening_again_gives_the_same_state_after_any_sequence_of_commits(tmp_path_factory, transactions):
    directory = tmp_path_factory.mktemp("data")
    db = opened(directory)
    table, beginning = db.table("t"), db.snapshot()
    for steps_together in transactions:
        with db.transaction():
            for action, row_id, row in steps_together:
                if action == "insert":
                    table.insert(row)
                elif action == "update":
                    table.update(lambda document, row=row: (document.clear(), document.update(row)), doc_ids=[row_id])
                elif action == "remove":
                    table.remove(doc_ids=[row_id])
        for action, *_ in steps_together[:1]:
            if action == "restore":
                db.restore(beginning)
            elif action == "compact":
                db.storage.compact()
    before = everything(db)
    db.close()
    again = opened(directory)
    assert everything(again) == before
    again.close()


@pytest.mark.parametrize("unstorable", [b"bytes", {1, 2}, object()])
def test_a_row_that_json_cannot_hold_is_refused_and_undone(tmp_path, unstorable):
    db = opened(tmp_path)
    with pytest.raises(Unstorable, match="JSON cannot"):
        db.table("users").insert({"secret": unstorable})
    assert db.table("users").rows() == []
    db.table("users").insert({})
    db.close()
    assert opened(tmp_path).table("users").tally() == 1


def test_a_full_disk_undoes_the_commit_and_leaves_no_half_line(tmp_path):
    db = opened(tmp_path)
    db.table("users").insert({})
    real = db.storage._journal

    class FullDisk:
        closed, truncate, close = False, real.truncate, real.close

        def write(self, line):
            if real.tell() > size:
                raise OSError(28, "No space left on device")
            return real.write(line[:10])

    size, db.storage._journal = real.tell(), FullDisk()
    with pytest.raises(StoreError, match="No space left on device. Nothing was changed"):
        db.table("users").insert({})
    db.storage._journal = real
    assert db.table("users").tally() == 1
    db.table("users").insert({"username": "after"})
    db.close()
    again = opened(tmp_path)
    assert [row["id"] for row in again.table("users").rows()] == [1, 3] and again.notices == []


def test_a_closed_folder_takes_no_more_commits(tmp_path):
    db = opened(tmp_path)
    db.close()
    db.close()
    with pytest.raises(StoreError, match="is closed"):
        db.table("users").insert({})
    assert db.table("users").rows() == []


def test_every_commit_reaches_the_disk_if_asked(tmp_path):
    db = opened(tmp_path, fsync="always")
    db.table("users").insert({})
    db.close()
    assert opened(tmp_path).table("users").tally() == 1


def test_a_folder_has_one_owner_at_a_time(tmp_path):
    owner = opened(tmp_path)
    with pytest.raises(DirectoryInUse, match=f"in use by process {os.getpid()}. Stop that process, or give another folder") as refused:
        opened(tmp_path)
    assert refused.value.pid == os.getpid()
    owner.close()
    opened(tmp_path).close()


def test_the_lock_of_a_process_that_died_is_taken_over(tmp_path):
    (tmp_path / "lock").write_text("999999999\n")
    opened(tmp_path).close()


def test_without_locks_of_the_file_system_the_process_number_decides(tmp_path, monkeypatch):
    from fakedet.store import lockfile

    monkeypatch.setattr(lockfile, "fcntl", None)
    monkeypatch.setattr(lockfile, "msvcrt", None)
    (tmp_path / "lock").write_text("1\n")
    with pytest.raises(DirectoryInUse, match="process 1"):
        opened(tmp_path)
    (tmp_path / "lock").write_text("999999999\n")
    opened(tmp_path).close()


def test_a_folder_that_cannot_be_made_is_an_error_that_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DirectoryUnwritable, match="Cannot keep data in .*file"):
        opened(tmp_path / "file")
    with pytest.raises(DirectoryUnwritable, match="Give another folder, or make this one writable"):
        opened(tmp_path / "file" / "below")


WRITER = """
    import sys
    from fakedet.store import Database
    from fakedet.store.journal import JournalStorage

    db = Database({}, JournalStorage(sys.argv[1], small=20_000))
    table = db.table("logs")
    while True:
        with db.transaction():
            first, second = table.insert({"log": "x" * 40}), table.insert({"log": "y"})
        print(first, second, flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9 here")
@pytest.mark.parametrize("acknowledged", [1, 40, 700])
def test_a_process_that_is_killed_keeps_every_commit_that_it_acknowledged(tmp_path, acknowledged):
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(WRITER), str(tmp_path)], stdout=subprocess.PIPE, text=True) as writer:
        lines = [writer.stdout.readline() for _ in range(acknowledged)]
        writer.kill()
        lines += [line for line in writer.stdout if line.endswith("\n")]
    ids = [int(number) for line in lines for number in line.split()]
    db = opened(tmp_path)
    kept = [row["id"] for row in db.table("logs").rows()]
    assert kept[:len(ids)] == ids and len(kept) % 2 == 0
    assert db.table("logs").insert({}) == len(kept) + 1


def test_a_journalled_database_can_be_saved_as_a_snapshot_and_loaded_in_memory(tmp_path):
    db = opened(tmp_path / "data")
    list(commits(db))
    db.snapshot().save(tmp_path / "saved")
    other = Database({})
    other.restore(Snapshot.load(tmp_path / "saved"))
    assert everything(other) == everything(db)
