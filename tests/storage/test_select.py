"""Which backend serves which config."""
from __future__ import annotations

import sys

import pytest

from fakedet.storage import embedded_gcs
from fakedet.storage.base import FilesMissing, StorageError, StorageRefused
from fakedet.storage.select import Storages, open_storage

UUID = "bbbbbbbb-0000-4000-8000-000000000001"


def test_azure_is_refused_in_the_masters_words():
    with pytest.raises(StorageRefused, match="checkpoint download via master is not supported for azure"):
        open_storage({"type": "azure", "container": "c"})


def test_gcs_without_an_emulator_is_refused_with_what_to_install(monkeypatch):
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "")
    monkeypatch.setitem(sys.modules, "gcp_storage_emulator.storage", None)
    monkeypatch.setattr(embedded_gcs, "_server", embedded_gcs._server.__wrapped__)
    with pytest.raises(StorageRefused, match=r"install fakedet\[gcs\], or set STORAGE_EMULATOR_HOST"):
        open_storage({"type": "gcs", "bucket": "b"})


@pytest.mark.parametrize("config", [{}, {"type": "hdfs"}, {"type": "shared_fs"}, {"type": "directory"}, {"type": "s3"}, {"type": "gcs"}])
def test_a_config_without_what_it_needs_is_refused(config):
    with pytest.raises(StorageRefused):
        open_storage(config)


@pytest.mark.parametrize("kind", ["shared_fs", "directory"])
def test_experiments_that_name_no_storage_get_the_worlds_folder(kind, tmp_path):
    storages = Storages(kind, lambda: tmp_path)
    storages.backend(storages.default_config()).write(UUID, "a", b"1")
    assert (tmp_path / UUID / "a").read_bytes() == b"1"


def test_a_path_of_the_users_is_taken_as_it_is(tmp_path):
    storages = Storages("shared_fs", lambda: tmp_path / "world")
    storages.backend({"type": "shared_fs", "host_path": str(tmp_path / "x")}).write(UUID, "a", b"1")
    assert (tmp_path / "x" / UUID / "a").exists()


def test_a_world_in_memory_touches_no_disk(tmp_path):
    storages = Storages("memory", lambda: pytest.fail("the folder was asked for"))
    for config in (storages.default_config(), {"type": "directory", "container_path": str(tmp_path / "x")}):
        storages.backend(config).write(UUID, "a/b", b"1")
        assert storages.backend(config).list(UUID) == {"a/": 0, "a/b": 1}
    assert list(tmp_path.iterdir()) == []


def test_in_memory_too_configs_meet_where_their_paths_meet(tmp_path):
    storages = Storages("memory", lambda: tmp_path)
    storages.backend({"type": "shared_fs", "host_path": "/data", "storage_path": "sub"}).write(UUID, "a", b"1")
    assert storages.backend({"type": "directory", "container_path": "/data/sub/"}).exists(UUID)
    assert not storages.backend({"type": "shared_fs", "host_path": "/data"}).exists(UUID)


def test_two_worlds_in_memory_share_nothing(tmp_path):
    first, second = Storages("memory", lambda: tmp_path), Storages("memory", lambda: tmp_path)
    first.backend(first.default_config()).write(UUID, "a", b"1")
    with pytest.raises(FilesMissing):
        second.backend(second.default_config()).list(UUID)



def test_an_s3_that_does_not_answer_is_told_as_the_master_does():
    backend = open_storage({"type": "s3", "bucket": "none", "endpoint_url": "http://127.0.0.1:9", "prefix": "p"})
    reason = ('getting region of s3 bucket at url http://127.0.0.1:9/none: Head "http://127.0.0.1:9/none": '
              'dial tcp 127.0.0.1:9: connect: connection refused')
    with pytest.raises(StorageRefused) as refused:
        backend.members(UUID)
    assert str(refused.value) == reason


def test_an_unknown_bucket_is_told_by_the_code_of_s3(bucket):
    with pytest.raises(StorageError, match="^NoSuchBucket: "):
        open_storage({**bucket, "bucket": "never-made"}).members(UUID)


def test_an_emptied_s3_prefix_is_a_checkpoint_without_members(bucket):
    assert open_storage(bucket).members(UUID) == []
