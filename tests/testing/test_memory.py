"""No disk is touched: storage="memory" and the `fs` fixture of pyfakefs, with the real client downloading in both."""
from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

UUID = "bbbbbbbb-0000-4000-8000-000000000001"


@pytest.fixture
def no_new_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Whatever is made in the folder for temporary files, but for those that clients download to, fails the test."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    yield
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.fakedet(storage="memory")
def test_a_world_in_memory_lets_the_client_download_and_writes_nothing(fake_determined: Any, no_new_folders: Any, tmp_path: Path) -> None:
    best = fake_determined.experiment(validations=2).list_checkpoints()[0]
    folder = Path(best.download(path=str(tmp_path / "got")))
    assert json.loads((folder / "metadata.json").read_text()) == best.metadata
    best.delete()
    best.reload()
    assert best.state.name == "DELETED"


@pytest.mark.fakedet(storage="memory")
def test_the_path_of_the_guide_is_in_memory_too(fake_determined: Any, no_new_folders: Any, tmp_path: Path) -> None:
    own = {"type": "shared_fs", "host_path": "/mnt/nfs-volume-1", "save_trial_latest": 5}
    [checkpoint] = fake_determined.experiment(validations=1, config={"checkpoint_storage": own}).list_checkpoints()
    assert Path(checkpoint.download(path=str(tmp_path / "got")), "metadata.json").exists()
    assert not os.path.exists("/mnt/nfs-volume-1")


@pytest.mark.fakedet(storage="memory")
def test_a_client_that_uploads_to_memory_is_told_that_there_is_no_such_folder(fake_determined: Any, tmp_path: Path) -> None:
    from determined.common import storage

    (tmp_path / "weights").write_text("1")
    with pytest.raises(OSError, match="fakedet-memory"):
        storage.build(fake_determined.world.storages.default_config(), None).upload(tmp_path, UUID)


@pytest.mark.fakedet(storage="memory")
def test_what_a_client_uploads_to_a_folder_of_its_own_is_seen_and_collected(fake_determined: Any, tmp_path: Path) -> None:
    from determined.common import storage

    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "weights").write_text("12")
    config = {"type": "directory", "container_path": str(tmp_path / "storage")}
    storage.build(config, None).upload(tmp_path / "mine", UUID)
    backend = fake_determined.world.storages.backend(config)
    assert backend.list(UUID) == {"weights": 2}
    assert [b"".join(member.open()) for member in backend.members(UUID)] == [b"12"]
    assert backend.delete(UUID, ["**/*"]) == {} and not (tmp_path / "storage" / UUID).exists()


def downloads(cluster: Any) -> None:
    best = cluster.experiment(validations=2).list_checkpoints()[0]
    folder = best.download()
    assert set(os.listdir(folder)) == set(best.resources)
    best.delete()
    best.reload()
    assert best.state.name == "DELETED"


@pytest.mark.parametrize("storage", ["shared_fs", "directory", "memory"])
def test_in_a_fake_file_system_checkpoints_are_fake_files(make_fake_determined: Any, fs: Any, storage: str) -> None:
    cluster = make_fake_determined(storage=storage)
    downloads(cluster)
    config = cluster.world.storages.default_config()
    in_fake = fs.exists(config.get("host_path") or config["container_path"])
    fs.pause()
    assert (in_fake, os.path.exists("checkpoints")) == (storage != "memory", False)


def test_the_fake_file_system_may_come_first(fs: Any, fake_determined: Any) -> None:
    downloads(fake_determined)


def test_an_embedded_s3_in_a_fake_file_system_is_refused_with_what_to_do_instead(tmp_path: Path) -> None:
    """In a process of its own, for moto may have been imported before."""
    import subprocess
    import sys

    script = """
from pyfakefs.fake_filesystem_unittest import Patcher
from fakedet.storage.embedded_s3 import EmbeddedS3
from fakedet.storage.base import StorageRefused
with Patcher():
    try:
        EmbeddedS3().url
    except StorageRefused as error:
        told = str(error)
print(told)
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert "In a fake file system use storage='memory' or 'shared_fs'." in ended.stdout, ended.stderr


@pytest.mark.slow
def test_a_projects_only_test_may_have_a_fake_file_system_from_the_start(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import os, pytest
        def test_first(fs, fake_determined):
            best = fake_determined.experiment(validations=2).list_checkpoints()[0]
            assert set(os.listdir(best.download())) == set(best.resources)
        @pytest.mark.fakedet(storage="memory")
        def test_second(fake_determined, fs):
            assert fake_determined.det("experiment list").exit_code == 0
            assert fake_determined.experiment(validations=1).list_checkpoints()[0].download()
        def test_third(fake_determined):
            assert fake_determined.experiment(validations=1).list_checkpoints()
    """)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=3)
