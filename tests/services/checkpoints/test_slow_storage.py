"""Storage may be slow: nobody but those who asked waits for it, and little is held in memory."""
from __future__ import annotations

import os
import threading
import tracemalloc

import pytest

from fakedet.gateway.app import answer
from fakedet.gateway.http import HttpRequest
from fakedet.storage.shared_fs import SharedFsStorage

FILES = {"model.bin": b"x" * 30}
PATIENCE = 20


class Held:
    """A method of the storage that waits until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str):
        self.reached, self.let_go = threading.Event(), threading.Event()
        original = getattr(SharedFsStorage, name)

        def held(*arguments):
            self.reached.set()
            assert self.let_go.wait(PATIENCE)
            return original(*arguments)
        monkeypatch.setattr(SharedFsStorage, name, held)


@pytest.fixture
def uuid(cluster):
    return cluster.checkpoint(cluster.trial(cluster.experiment()), 10, FILES)


def other_requests_are_answered_while(cluster, held, slow) -> None:
    """`slow` runs in a thread of its own and waits for storage; the cluster answers meanwhile."""
    thread = threading.Thread(target=slow)
    thread.start()
    assert held.reached.wait(PATIENCE)
    answered = threading.Thread(target=lambda: cluster.get("/api/v1/experiments/1"))
    answered.start()
    answered.join(PATIENCE / 2)
    alive = answered.is_alive()
    held.let_go.set()
    thread.join(PATIENCE)
    assert not alive and not thread.is_alive()


@pytest.mark.parametrize("step", ["_list", "_remove"])
def test_a_deletion_keeps_nobody_else_waiting(cluster, uuid, monkeypatch, step):
    held = Held(monkeypatch, step)
    other_requests_are_answered_while(
        cluster, held, lambda: cluster.call("DELETE", "/api/v1/checkpoints", {"checkpointUuids": [uuid]}))
    assert cluster.state(uuid) == "DELETED" and not cluster.storage.exists(uuid)


def test_a_checkpoint_is_off_the_record_before_its_files_go(cluster, uuid, monkeypatch):
    held, seen = Held(monkeypatch, "_remove"), []
    held.let_go.set()
    original = SharedFsStorage._remove
    monkeypatch.setattr(SharedFsStorage, "_remove", lambda *arguments: (seen.append(cluster.state(uuid)), original(*arguments)))
    cluster.call("DELETE", "/api/v1/checkpoints", {"checkpointUuids": [uuid]})
    assert seen == ["DELETED"]


def test_a_download_keeps_nobody_else_waiting(cluster, uuid, monkeypatch):
    held = Held(monkeypatch, "_members")
    other_requests_are_answered_while(cluster, held, lambda: cluster.raw("GET", f"/checkpoints/{uuid}"))


def test_a_checkpoint_registered_while_its_files_are_looked_at_is_spared(cluster, uuid, monkeypatch):
    held = Held(monkeypatch, "_list")
    thread = threading.Thread(target=lambda: cluster.call("DELETE", "/api/v1/checkpoints", {"checkpointUuids": [uuid]}))
    thread.start()
    assert held.reached.wait(PATIENCE)
    cluster.register(uuid)
    held.let_go.set()
    thread.join(PATIENCE)
    assert cluster.state(uuid) == "COMPLETED" and cluster.storage.exists(uuid)


def test_a_request_whose_collection_is_done_by_nobody_else_returns_when_the_files_are_gone(cluster, monkeypatch):
    trial = cluster.trial(cluster.experiment())
    slow, quick = cluster.checkpoint(trial, 10, FILES), cluster.checkpoint(trial, 20, FILES)
    original, reached, let_go = SharedFsStorage._remove, threading.Event(), threading.Event()

    def remove(self, uuid, *arguments):
        if uuid == slow:
            reached.set()
            assert let_go.wait(PATIENCE)
        original(self, uuid, *arguments)
    monkeypatch.setattr(SharedFsStorage, "_remove", remove)
    thread = threading.Thread(target=lambda: cluster.call("DELETE", "/api/v1/checkpoints", {"checkpointUuids": [slow]}))
    thread.start()
    assert reached.wait(PATIENCE)
    cluster.call("DELETE", "/api/v1/checkpoints", {"checkpointUuids": [quick]})
    assert not cluster.storage.exists(quick) and cluster.storage.exists(slow)
    let_go.set()
    thread.join(PATIENCE)
    assert not cluster.storage.exists(slow)


@pytest.mark.slow
@pytest.mark.parametrize(("accept", "size"), [
    ("application/x-tar", 2 << 30), ("application/gzip", 300 << 20), ("application/zip", 300 << 20)])
def test_two_gigabytes_pass_through_a_few_megabytes_of_memory(cluster, uuid, accept, size):
    place = os.path.join(cluster.storage.folder, uuid, "model.bin")
    os.truncate(place, size)
    request = HttpRequest("GET", f"/checkpoints/{uuid}", headers={**{"authorization": cluster._headers["Authorization"]}, "accept": accept})
    tracemalloc.start()
    try:
        sent = sum(len(chunk) for chunk in answer(cluster.world, request).body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16 << 20
    assert sent > size if accept == "application/x-tar" else size // 1100 < sent < size // 100
