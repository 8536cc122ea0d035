"""Damage to checkpoint files on demand, and what the real client then raises."""
from __future__ import annotations

import contextlib
import functools
import os
import threading
from pathlib import Path
from typing import Any, Iterator

import pytest
from determined import errors
from determined.common.api import errors as api_errors
from determined.common.experimental.checkpoint import DownloadMode

from fakedet.gateway.worlds import Worlds
from fakedet.gateway.wsgi import create_app

NOBODY = 65534
PYTORCH = {"data": {"fakedet": {"batches": 100, "framework": "pytorch"}}}
KERAS = {"data": {"fakedet": {"batches": 100, "framework": "keras_callback"}}}


def saved(cluster: Any, config: "dict[str, Any] | None" = None) -> Any:
    """The one checkpoint of an experiment."""
    [checkpoint] = cluster.experiment(validations=1, config=config).list_checkpoints()
    return checkpoint


@contextlib.contextmanager
def as_nobody(*folders: Path) -> Iterator[None]:
    """Within, this process has nobody's rights: no file system keeps root out. The folders are open to all."""
    root = os.geteuid() == 0
    for folder in folders:
        for place in (folder, *folder.parents):
            if root and place.owner() == "root" and not place.stat().st_mode & 0o005:
                place.chmod(0o755)
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_a_lost_file_is_missing_in_what_the_client_downloads(fake_determined: Any, tmp_path: Path) -> None:
    from determined import pytorch

    checkpoint = saved(fake_determined, PYTORCH)
    fake_determined.damage(checkpoint).lose("load_data.json")
    fake_determined.damage(checkpoint).lose("metadata.json")
    folder = checkpoint.download(path=str(tmp_path / "got"))
    assert not (tmp_path / "got" / "load_data.json").exists()
    with pytest.raises(KeyError, match="experiment_config"):  # metadata.json is written anew, from what is on record
        pytorch.load_trial_from_checkpoint_path(folder)


@pytest.mark.parametrize("mode, error", [(DownloadMode.DIRECT, FileNotFoundError), (DownloadMode.AUTO, errors.MultipleDownloadsFailed)])
def test_a_checkpoint_without_any_file_is_not_found_by_the_client(fake_determined: Any, tmp_path: Path, mode: Any, error: Any) -> None:
    checkpoint = saved(fake_determined)
    for path in fake_determined.damage(checkpoint).files():
        fake_determined.damage(checkpoint).lose(path)
    with pytest.raises(error):
        checkpoint.download(path=str(tmp_path / "got"), mode=mode)


@pytest.mark.fakedet(storage="s3")
def test_a_checkpoint_without_any_object_is_not_found_in_s3(fake_determined: Any, tmp_path: Path) -> None:
    checkpoint = saved(fake_determined)
    for path in fake_determined.damage(checkpoint).files():
        fake_determined.damage(checkpoint).lose(path)
    with pytest.raises(errors.CheckpointNotFound):
        checkpoint.download(path=str(tmp_path / "got"))


@pytest.mark.parametrize("mode", [DownloadMode.DIRECT, DownloadMode.MASTER])
def test_a_truncated_file_is_downloaded_and_not_loaded(fake_determined: Any, tmp_path: Path, mode: Any) -> None:
    torch = pytest.importorskip("torch")
    checkpoint = saved(fake_determined, PYTORCH)
    fake_determined.damage(checkpoint).truncate("state_dict.pth")
    folder = Path(checkpoint.download(path=str(tmp_path / "got"), mode=mode))
    assert (folder / "state_dict.pth").stat().st_size == int(checkpoint.resources["state_dict.pth"]) // 2
    with pytest.raises((RuntimeError, OSError)):  # it depends on how torch was built
        torch.load(folder / "state_dict.pth")


@pytest.mark.fakedet(storage="s3")
def test_a_wrong_digest_in_s3_ends_the_download(fake_determined: Any, tmp_path: Path) -> None:
    from botocore.exceptions import FlexibleChecksumError

    checkpoint = saved(fake_determined)
    fake_determined.damage(checkpoint).corrupt("model.json")
    assert len(fake_determined.damage(checkpoint).read("metadata.json")) == int(checkpoint.resources["metadata.json"])
    with pytest.raises(FlexibleChecksumError, match="did not match calculated checksum"):
        checkpoint.download(path=str(tmp_path / "got"))


@pytest.mark.slow
def test_a_wrong_digest_in_the_weights_ends_the_loading(fake_determined: Any, tmp_path: Path) -> None:
    tensorflow = pytest.importorskip("tensorflow", reason="loading needs tensorflow-cpu 2.15")
    checkpoint = saved(fake_determined, KERAS)
    fake_determined.damage(checkpoint).corrupt("model_checkpoint.data-00000-of-00001")
    folder = checkpoint.download(path=str(tmp_path / "got"))
    with pytest.raises(tensorflow.errors.OpError, match="Checksum does not match"):
        tensorflow.train.load_checkpoint(f"{folder}/model_checkpoint").get_tensor("_CHECKPOINTABLE_OBJECT_GRAPH")


def test_a_folder_without_access_raises_permission_denied_and_the_master_is_not_asked(fake_determined: Any, tmp_path: Path) -> None:
    checkpoint = saved(fake_determined)
    fake_determined.damage(checkpoint).deny()
    fake_determined.calls.clear()
    with as_nobody(fake_determined.world.storage_root, tmp_path), pytest.raises(PermissionError, match=checkpoint.uuid):
        checkpoint.download(path="/nowhere/got")
    assert not list(fake_determined.calls)


@pytest.mark.fakedet(storage="memory")
def test_the_master_denies_access_in_the_words_of_the_system(fake_determined: Any, tmp_path: Path) -> None:
    checkpoint = saved(fake_determined)
    fake_determined.damage(checkpoint).deny()
    with pytest.raises(api_errors.APIException, match="permission denied"):
        checkpoint.download(path=str(tmp_path / "got"), mode=DownloadMode.MASTER)
    fake_determined.damage(checkpoint).heal()
    checkpoint.download(path=str(tmp_path / "got"), mode=DownloadMode.MASTER)


@pytest.mark.fakedet(storage="s3")
@pytest.mark.parametrize("mode, error", [(DownloadMode.DIRECT, errors.NoDirectStorageAccess), (DownloadMode.AUTO, errors.MultipleDownloadsFailed)])
def test_a_bucket_without_access_is_told_and_the_master_is_tried(fake_determined: Any, tmp_path: Path, mode: Any, error: Any) -> None:
    checkpoint = saved(fake_determined)
    fake_determined.damage(checkpoint).deny()
    with pytest.raises(error):
        checkpoint.download(path=str(tmp_path / "got"), mode=mode)
    fake_determined.damage(checkpoint).heal()
    checkpoint.download(path=str(tmp_path / "got"), mode=mode)


def test_a_checkpoint_that_cannot_be_deleted_stays_on_record(fake_determined: Any) -> None:
    checkpoint = saved(fake_determined)
    fake_determined.damage(checkpoint).deny()
    checkpoint.delete()
    checkpoint.reload()
    assert checkpoint.state.name == "COMPLETED"


@pytest.mark.fakedet(storage="s3")
def test_a_storage_that_is_too_slow_ends_in_the_clients_own_timeout(fake_determined: Any, tmp_path: Path, monkeypatch: Any) -> None:
    from botocore.config import Config
    from botocore.exceptions import ReadTimeoutError

    checkpoint = saved(fake_determined)
    fake_determined.damage(checkpoint).slow(1.0)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setitem(Config.OPTION_DEFAULTS, "read_timeout", 0.1)
    with pytest.raises(ReadTimeoutError):
        checkpoint.download(path=str(tmp_path / "got"))


@pytest.mark.fakedet(storage="memory")
def test_a_slow_storage_keeps_a_download_waiting_but_nobody_else(fake_determined: Any, tmp_path: Path) -> None:
    checkpoint = saved(fake_determined)
    begun, may_end = threading.Event(), threading.Event()
    fake_determined.world.storages.damage.admits = lambda uuid: begun.set() or may_end.wait(20)
    download = threading.Thread(target=checkpoint.download, kwargs={"path": str(tmp_path / "got"), "mode": DownloadMode.MASTER})
    download.start()
    assert begun.wait(20)
    assert fake_determined.client.get_checkpoint(checkpoint.uuid).uuid == checkpoint.uuid
    may_end.set()
    download.join(20)
    assert (tmp_path / "got" / "metadata.json").exists()


def test_damage_is_done_over_http_too(fake_determined: Any, tmp_path: Path) -> None:
    checkpoint = saved(fake_determined)
    post = functools.partial(create_app(Worlds(fake_determined.world)).test_client().post, "/__fakedet/damage")
    body = {"checkpoint": checkpoint.uuid, "do": "truncate", "path": "model.json", "size": 3}
    assert post(json=body).json == {"files": {"metadata.json": int(checkpoint.resources["metadata.json"]), "model.json": 3}}
    assert post(json={**body, "do": "explode"}).status_code == 400
    assert post(json={**body, "path": "../../etc/passwd"}).status_code == 400
    assert post(json={**body, "depth": 3}).status_code == 400
    assert post(json={**body, "checkpoint": "bbbbbbbb-0000-4000-8000-000000000001"}).status_code == 404
