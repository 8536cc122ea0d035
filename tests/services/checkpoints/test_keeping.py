"""Snapshots and the files of checkpoints: going back never leaves a listed checkpoint without its files."""
from __future__ import annotations

import json

import pytest

FILES = {"model.bin": b"x" * 30, "code/train.py": b"pass", "metadata.json": b"{}"}


@pytest.fixture(params=["shared_fs", "directory", "memory", "s3"])
def cluster(request, make_cluster):
    return make_cluster(storage=request.param)


@pytest.fixture
def trial(cluster):
    return cluster.trial(cluster.experiment())


def delete(cluster, uuid, *globs):
    body = {"checkpointUuids": [uuid], "checkpointGlobs": list(globs or ["**/*"])}
    cluster.post("/api/v1/checkpoints/rm", body)


def content(cluster, uuid):
    return {path: b"".join(cluster.storage.read(uuid, path)) for path in cluster.storage.list(uuid) if not path.endswith("/")}


def test_a_checkpoint_deleted_after_the_snapshot_has_its_files_again(cluster, trial):
    uuid = cluster.checkpoint(trial, 10, FILES)
    before = cluster.world.snapshot()
    for _ in range(2):
        delete(cluster, uuid)
        assert cluster.state(uuid) == "DELETED" and not cluster.storage.exists(uuid)
        cluster.world.restore(before)
        assert cluster.state(uuid) == "COMPLETED" and content(cluster, uuid) == FILES


def test_each_snapshot_brings_back_what_was_there_when_it_was_taken(cluster, trial):
    uuid = cluster.checkpoint(trial, 10, FILES)
    whole = cluster.world.snapshot()
    delete(cluster, uuid, "model.*")
    part = cluster.world.snapshot()
    delete(cluster, uuid)
    cluster.world.restore(part)
    assert set(content(cluster, uuid)) == {"code/train.py", "metadata.json"} and cluster.state(uuid) == "PARTIALLY_DELETED"
    cluster.world.restore(whole)
    assert content(cluster, uuid) == FILES and json.loads(json.dumps(cluster.show(uuid)["resources"]))["model.bin"] == "30"


def test_without_a_snapshot_nothing_is_kept(cluster, trial):
    from fakedet.services.checkpoints.keeping import KeptFiles

    before = cluster.world.snapshot()
    uuid = cluster.checkpoint(trial, 10, FILES)
    delete(cluster, uuid)
    assert cluster.world.the(KeptFiles)._uuids == set()
    cluster.world.restore(before)
    assert cluster.raw("GET", f"/api/v1/checkpoints/{uuid}")[0] == 404
