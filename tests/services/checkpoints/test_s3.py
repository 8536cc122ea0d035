"""Checkpoints in a bucket: downloads through the master, removal of files, collection."""
from __future__ import annotations

import io
import tarfile

import pytest

FILES = {"model.bin": b"x" * 3000, "code/train.py": b"pass"}


@pytest.fixture(scope="module")
def s3_server():
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def bucket(s3_server, monkeypatch, tmp_path):
    import boto3

    no_file = str(tmp_path / "none")
    for name, value in {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1",
                        "AWS_CONFIG_FILE": no_file, "AWS_SHARED_CREDENTIALS_FILE": no_file}.items():
        monkeypatch.setenv(name, value)
    boto3.client("s3", endpoint_url=s3_server).create_bucket(Bucket="checkpoints")
    return {"type": "s3", "bucket": "checkpoints", "endpoint_url": s3_server, "prefix": "pre"}


def test_a_checkpoint_in_a_bucket_is_downloaded_thinned_out_and_deleted(cluster, bucket):
    experiment = cluster.experiment(own_storage=bucket)
    backend = cluster.world.storages.backend(cluster.world.db.experiments.row(experiment)["config"]["checkpoint_storage"])
    uuid = cluster.checkpoint(cluster.trial(experiment), 10)
    for path, content in FILES.items():
        backend.write(uuid, path, content)
    _, data = cluster.raw("GET", f"/checkpoints/{uuid}", Accept="application/gzip")
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        assert {member.name: archive.extractfile(member).read() for member in archive} == FILES
    cluster.post("/api/v1/checkpoints/rm", {"checkpointUuids": [uuid], "checkpointGlobs": ["code"]})
    assert cluster.show(uuid)["resources"] == {"model.bin": "3000"}
    cluster.call("DELETE", "/api/v1/checkpoints", {"checkpointUuids": [uuid]})
    assert cluster.state(uuid) == "DELETED" and not backend.exists(uuid)
