"""A backend of every kind, empty and private to the test; S3 is a moto server on a free port."""
from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakedet.storage.base import CheckpointStorage
from fakedet.storage.embedded_gcs import gcs_url
from fakedet.storage.select import Storages, open_storage

KINDS = ("shared_fs", "directory", "memory", "s3", "gcs")
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of a running S3."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """The config of a bucket of the test's own."""
    import boto3

    no_file = str(tmp_path / "none")
    for name, value in {**CREDENTIALS, "AWS_CONFIG_FILE": no_file, "AWS_SHARED_CREDENTIALS_FILE": no_file}.items():
        monkeypatch.setenv(name, value)
    name = f"bucket-{next(_numbers)}"
    boto3.client("s3", endpoint_url=s3_server).create_bucket(Bucket=name)
    return {"type": "s3", "bucket": name, "endpoint_url": s3_server, "prefix": None, "access_key": None, "secret_key": None}


@pytest.fixture
def gcs(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that leads clients to the emulator, until the test is over."""
    pytest.importorskip("gcp_storage_emulator", reason="needs fakedet[gcs]")
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "")
    gcs_url()


@pytest.fixture
def config_of(request: pytest.FixtureRequest, tmp_path: Path):
    """The config of an empty storage by its type."""

    def config(kind: str) -> dict[str, Any]:
        if kind == "s3":
            return dict(request.getfixturevalue("bucket"))
        if kind == "gcs":
            request.getfixturevalue("gcs")
            return {"type": "gcs", "bucket": f"bucket-{next(_numbers)}", "prefix": "/pre//x/"}
        key = "host_path" if kind == "shared_fs" else "container_path"
        return {"type": kind, key: str(tmp_path / "checkpoints")}

    return config


@pytest.fixture(params=KINDS)
def backend(request: pytest.FixtureRequest, config_of, tmp_path: Path) -> CheckpointStorage:
    """An empty backend of each kind in turn."""
    if request.param == "memory":
        storages = Storages("memory", lambda: tmp_path)
        return storages.backend(storages.default_config())
    return open_storage(config_of(request.param))
