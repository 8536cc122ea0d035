"""Synthetic trials whose checkpoints cannot be saved fail as a script would whose upload fails; nothing else does."""
from __future__ import annotations

import json

import pytest

from fakedet.settings import Settings
from fakedet.world import World
from tests.services.checkpoints.conftest import Cluster

STORAGES = [{"type": "gcs", "bucket": "b/d"}, {"type": "azure", "container": "c", "connection_string": "x"},
            {"type": "s3", "bucket": "b", "endpoint_url": "http://127.0.0.1:9"}, {"type": "shared_fs", "host_path": "/dev/null/none"}]


@pytest.mark.parametrize("storage", STORAGES, ids=[storage["type"] for storage in STORAGES])
def test_a_trial_that_cannot_save_its_checkpoint_restarts_and_ends_in_error(storage):
    world = World(Settings.build({}))
    cluster = Cluster(world)
    config = {"name": "n", "entrypoint": "x", "searcher": {"name": "single", "metric": "loss"}, "max_restarts": 1,
              "data": {"fakedet": {"batches": 200}}, "checkpoint_storage": storage}
    made = cluster.post("/api/v1/experiments", {"config": json.dumps(config), "activate": True})["experiment"]
    assert cluster.get(f"/api/v1/experiments/{made['id']}")["experiment"]["state"] == "STATE_ERROR"
    assert cluster.get(f"/api/v1/experiments/{made['id']}/checkpoints")["checkpoints"] == []
    assert any("checkpoint not saved: " in line["log"] for line in world.db.task_logs.rows())
    assert not world.failures
    world.close()
