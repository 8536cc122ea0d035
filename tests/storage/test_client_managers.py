"""Our backends and the real client's storage managers on the same files."""
from __future__ import annotations

import json
from pathlib import Path

import pytest
from determined import errors
from determined.common import storage

from fakedet.storage.base import StorageRefused
from fakedet.storage.select import open_storage

UUID = "bbbbbbbb-0000-4000-8000-000000000001"
KINDS = ("shared_fs", "directory", "s3", "gcs")
FILES = {"a.bin": bytes(1000), "b/two.txt": b"22", "zero": b""}
SIZES = {"a.bin": 1000, "b/": 0, "b/empty/": 0, "b/two.txt": 2, "zero": 0}
S3_PREFIXES = [None, "", "pre", "/pre//x/", "a/./b", "/"]


@pytest.fixture(params=KINDS)
def config(request, config_of):
    return config_of(request.param)


def client_writes(config: dict, folder: Path) -> None:
    (folder / "b" / "empty").mkdir(parents=True)
    for path, data in FILES.items():
        (folder / path).write_bytes(data)
    storage.build(config, None).upload(folder, UUID)


def we_write(config: dict) -> None:
    backend = open_storage(config)
    for path, data in FILES.items():
        backend.write(UUID, path, data)
    backend.write(UUID, "b/empty/")


def test_we_read_what_the_client_wrote(config, tmp_path):
    client_writes(config, tmp_path / "mine")
    backend = open_storage(config)
    assert backend.list(UUID) == SIZES
    assert {path: b"".join(backend.read(UUID, path)) for path in FILES} == FILES


def test_the_client_downloads_what_we_wrote(config, tmp_path):
    we_write(config)
    storage.build(config, None).download(UUID, tmp_path / "got")
    assert storage.StorageManager._list_directory(tmp_path / "got") == SIZES
    assert {path: (tmp_path / "got" / path).read_bytes() for path in FILES} == FILES


@pytest.mark.parametrize("globs", [[], ["**/*"], ["*.bin", "b/*.txt"], ["b/empty/**"]])
def test_we_delete_as_the_client_does(config, tmp_path, globs):
    we_write(config)
    left = open_storage(config).delete(UUID, globs)
    open_storage(config).delete(UUID, ["**/*"])
    we_write(config)
    assert left == storage.build(config, None).delete(UUID, globs)


def test_the_client_deletes_what_we_wrote_and_we_see_it_gone(config):
    we_write(config)
    assert storage.build(config, None).delete(UUID, ["**/*"]) == {}
    assert not open_storage(config).exists(UUID)


@pytest.mark.parametrize("prefix", S3_PREFIXES)
def test_the_client_finds_our_keys_under_every_prefix(bucket, tmp_path, prefix):
    config = {**bucket, "prefix": prefix}
    we_write(config)
    manager = storage.build(config, None)
    manager.download(UUID, tmp_path / "got")
    assert storage.StorageManager._list_directory(tmp_path / "got") == SIZES
    assert manager.delete(UUID, []) == SIZES


@pytest.mark.parametrize("prefix, found", [("pre", True), ("/pre/", True), ("/pre//x/", False), ("a/./b", False)])
def test_the_master_misses_keys_under_a_prefix_that_the_client_normalizes(bucket, prefix, found):
    config = {**bucket, "prefix": prefix}
    we_write(config)
    assert bool(open_storage(config).members(UUID)) is found


@pytest.mark.parametrize("storage_path, place", [
    (None, ""), ("", ""), ("sub/dir", "sub/dir"), ("./a/../b/", "b"),
    ("{host}", ""), ("{host}/abs", "abs"), ("{host}/../{name}/x", "x"), ("{host}x", "../{name}x"),
])
def test_the_storage_path_leads_both_to_the_same_place(tmp_path, storage_path, place):
    host = tmp_path / "host"
    host.mkdir()
    named = storage_path and storage_path.format(host=host, name=host.name)
    config = {"type": "shared_fs", "host_path": str(host), "storage_path": named}
    we_write(config)
    assert (host / place.format(name=host.name) / UUID / "b" / "two.txt").resolve().read_bytes() == b"22"
    storage.build(config, None).download(UUID, tmp_path / "got")
    assert (tmp_path / "got" / "a.bin").read_bytes() == FILES["a.bin"]


@pytest.mark.parametrize("keys, place", [
    ({"checkpoint_path": "old"}, "old"),
    ({"tensorboard_path": "tb", "checkpoint_path": "old"}, "tb"), ({"checkpoint_path": "old", "storage_path": None}, ""),
])
def test_keys_of_old_configs_count_only_where_storage_path_is_absent(tmp_path, keys, place):
    config = {"type": "shared_fs", "host_path": str(tmp_path), **keys}
    we_write(config)
    assert (tmp_path / place / UUID / "zero").exists()
    with storage.build(config, None).restore_path(UUID) as path:
        assert path == tmp_path / place / UUID


def test_a_storage_path_that_escapes_is_refused_as_by_the_client(tmp_path):
    config = {"type": "shared_fs", "host_path": str(tmp_path / "host"), "storage_path": "../out"}
    with pytest.raises(StorageRefused, match="storage path must be a subdirectory of host path"):
        open_storage(config)


def test_a_client_finds_nothing_in_s3_where_we_wrote_nothing(bucket, tmp_path):
    with pytest.raises(errors.CheckpointNotFound):
        storage.build(bucket, None).download(UUID, tmp_path / "got")


def test_metadata_reads_as_json_through_the_clients_restore_path(config):
    open_storage(config).write(UUID, "metadata.json", json.dumps({"steps_completed": 1}, indent=2).encode())
    with storage.build(config, None).restore_path(UUID) as path:
        assert json.loads((path / "metadata.json").read_text()) == {"steps_completed": 1}
