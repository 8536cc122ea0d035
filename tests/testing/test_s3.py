"""A cluster whose checkpoints are in S3, as the real SDK, the real CLI and the real Core API use it."""
from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Iterator

import pytest
import requests
from determined import core
from determined.common import storage
from determined.common.experimental.checkpoint import DownloadMode

pytestmark = pytest.mark.fakedet(storage="s3")


@pytest.fixture
def objects(fake_determined: Any) -> Any:
    """A function: the keys of a checkpoint in the default bucket, asked of the server itself."""
    import boto3

    server = fake_determined.world.storages.s3
    client = boto3.client("s3", endpoint_url=server.url, aws_access_key_id="any", aws_secret_access_key="key")

    def keys(uuid: str, bucket: str = server.default_bucket) -> list[str]:
        found = client.list_objects_v2(Bucket=bucket, Prefix=uuid).get("Contents", [])
        return [item["Key"].partition("/")[2] for item in found]
    return keys


@pytest.fixture
def contexts(fake_determined: Any) -> Iterator[Any]:
    """The checkpoint contexts of the two workers of a trial, as `core.init` makes them."""
    config = fake_determined.world.storages.default_config()
    experiment = fake_determined.experiment(validations=1, checkpoints="none")
    trial = experiment.list_trials()[0]
    task_id = fake_determined.world.db.trial_tasks.one(trial_id=trial.id)["task_id"]
    pub, pull = _free_ports()
    workers = _together(lambda rank: core.DistributedContext(rank=rank, size=2, local_rank=rank, local_size=2, cross_rank=0, cross_size=1,
                                                             chief_ip="127.0.0.1", pub_port=pub, pull_port=pull))
    yield [core.CheckpointContext(worker, storage.build(config, None), fake_determined.client._session, task_id, None,
                                  core.TensorboardMode.MANUAL, None, None) for worker in workers]
    for worker in workers:
        worker.close()


def _free_ports() -> list[int]:
    """Two ports that no other test of this machine listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        return [listener.getsockname()[1] for listener in sockets]


def _together(work: Any) -> list[Any]:
    """What `work` returns for ranks 0 and 1, which wait for each other."""
    found: dict[int, Any] = {}
    threads = [threading.Thread(target=lambda rank=rank: found.update({rank: work(rank)})) for rank in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return [found[0], found[1]]


def sizes(checkpoint: Any) -> dict[str, int]:
    """The files on record; the SDK leaves the numbers as they come over the wire."""
    return {path: int(size) for path, size in checkpoint.resources.items()}


def test_synthetic_checkpoints_are_objects_that_the_sdk_downloads(fake_determined: Any, objects: Any, tmp_path: Path) -> None:
    best = fake_determined.experiment(validations=2).list_checkpoints()[0]
    assert set(objects(best.uuid)) == set(best.resources)
    folder = Path(best.download(path=str(tmp_path / "got"), mode=DownloadMode.DIRECT))
    assert json.loads((folder / "metadata.json").read_text()) == best.metadata
    assert {path.name: path.stat().st_size for path in folder.iterdir()} == sizes(best)


@pytest.mark.parametrize("mode", ["direct", "master", "auto"])
def test_the_cli_downloads_them_in_every_mode(fake_determined: Any, tmp_path: Path, mode: str) -> None:
    [checkpoint] = fake_determined.experiment(validations=1).list_checkpoints()
    result = fake_determined.det(f"checkpoint download {checkpoint.uuid} -o {tmp_path / 'got'} --mode {mode}")
    assert result.exit_code == 0, result.stderr
    assert {path.name for path in (tmp_path / "got").iterdir()} == set(checkpoint.resources)


def test_collection_removes_the_objects_and_keeps_those_of_the_best(fake_determined: Any, objects: Any) -> None:
    experiment = fake_determined.experiment(validations=4, gc=(0, 1, 0))
    states = {checkpoint.uuid: checkpoint.state.name for checkpoint in experiment.list_trials()[0].list_checkpoints()}
    assert sorted(states.values()) == ["COMPLETED", "DELETED", "DELETED", "DELETED"]
    assert {uuid: bool(objects(uuid)) for uuid in states} == {uuid: state == "COMPLETED" for uuid, state in states.items()}


def test_set_gc_policy_and_globs_remove_objects_of_a_finished_experiment(fake_determined: Any, objects: Any) -> None:
    experiment = fake_determined.experiment(validations=3)
    kept, *others = experiment.list_checkpoints()
    result = fake_determined.det(f"experiment set gc-policy {experiment.id} --save-experiment-best 1 --save-trial-best 0 "
                                 "--save-trial-latest 0 --yes")
    assert result.exit_code == 0, result.stderr
    assert [bool(objects(checkpoint.uuid)) for checkpoint in (kept, *others)] == [True, False, False]
    kept.remove_files(["model.*"])
    kept.reload()
    assert (objects(kept.uuid), kept.state.name) == (["metadata.json"], "PARTIALLY_DELETED")


def test_a_worker_uploads_and_a_partial_download_brings_what_is_selected(contexts: Any, fake_determined: Any, tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "code").mkdir(parents=True)
    (source / "code" / "train.py").write_text("pass")
    (source / "weights.bin").write_bytes(bytes(3000))
    uuid = contexts[0].upload(str(source), {"steps_completed": 10})
    contexts[0].download(uuid, tmp_path / "part", download_mode=core.DownloadMode.NoSharedDownload,
                         selector=lambda path: path.endswith("train.py"))
    assert [path.name for path in (tmp_path / "part").rglob("*") if path.is_file()] == ["train.py"]
    resources = sizes(fake_determined.client.get_checkpoint(uuid))
    assert {name: resources[name] for name in ("code/", "code/train.py", "weights.bin")} == {
        "code/": 0, "code/train.py": 4, "weights.bin": 3000}


def test_a_selector_leaves_files_out_of_the_upload(contexts: Any, objects: Any, tmp_path: Path) -> None:
    for name in ("keep.bin", "drop.bin"):
        (tmp_path / name).write_bytes(b"1")
    uuid = contexts[0].upload(str(tmp_path), {"steps_completed": 10}, selector=lambda path: path == "keep.bin")
    assert objects(uuid) == ["keep.bin"]


def test_two_workers_upload_the_shards_of_one_checkpoint(contexts: Any, objects: Any, fake_determined: Any, tmp_path: Path) -> None:
    for rank in (0, 1):
        (tmp_path / str(rank)).mkdir()
        (tmp_path / str(rank) / f"shard{rank}.bin").write_bytes(bytes(100 + rank))
    first, second = _together(lambda rank: contexts[rank].upload(str(tmp_path / str(rank)), {"steps_completed": 7}, shard=True))
    assert first == second
    assert sorted(objects(first)) == ["metadata.json", "shard0.bin", "shard1.bin"]
    reported = fake_determined.client.get_checkpoint(first)
    assert (sizes(reported), reported.metadata) == ({"shard0.bin": 100, "shard1.bin": 101}, {"steps_completed": 7})
    got = Path(reported.download(path=str(tmp_path / "got")))
    assert (got / "shard1.bin").stat().st_size == 101


def test_secrets_are_shown_where_the_master_shows_them_and_hidden_in_its_own_config(fake_determined: Any) -> None:
    experiment = fake_determined.experiment(validations=1)
    assert experiment.config["checkpoint_storage"]["secret_key"] == "fakedet"
    token = requests.post(f"{fake_determined.url}/api/v1/auth/login", json={"username": "admin", "password": ""}).json()["token"]
    reply = requests.get(f"{fake_determined.url}/api/v1/master/config", headers={"Authorization": f"Bearer {token}"}).json()
    shown = reply["config"]["checkpoint_storage"]
    assert (shown["access_key"], shown["secret_key"]) == ("********", "********") and shown["bucket"]


@pytest.mark.fakedet(storage="shared_fs")
def test_a_config_that_names_a_bucket_and_no_endpoint_gets_the_embedded_one(fake_determined: Any, objects: Any, tmp_path: Path) -> None:
    own = {"type": "s3", "bucket": "mine", "save_trial_latest": 5}
    experiment = fake_determined.experiment(validations=1, config={"checkpoint_storage": own})
    [checkpoint] = experiment.list_checkpoints()
    assert objects(checkpoint.uuid, bucket="mine")
    assert checkpoint.training.experiment_config["checkpoint_storage"]["endpoint_url"].startswith("http://127.0.0.1:")
    checkpoint.download(path=str(tmp_path / "got"), mode=DownloadMode.DIRECT)
    assert (tmp_path / "got" / "metadata.json").exists()


def test_a_detached_client_with_a_bare_bucket_comes_here_if_its_environment_says_so(fake_determined: Any, tmp_path: Path, monkeypatch: Any) -> None:
    """The real client opens the bucket of its own config before it asks the master: nothing but its environment leads it."""
    world, bare = fake_determined.world, {"type": "s3", "bucket": "bare"}
    for name, value in {"AWS_ENDPOINT_URL_S3": world.storages.s3.url, "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "key"}.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "weights").write_text("12")
    uuid = "bbbbbbbb-0000-4000-8000-000000000001"
    storage.build(bare, None).upload(tmp_path, uuid, {"weights"})
    assert world.storages.backend(bare).list(uuid) == {"weights": 2}


def test_serve_with_s3_works_for_clients_of_other_processes(tmp_path: Path) -> None:
    served = subprocess.Popen([sys.executable, "-m", "fakedet", "serve", "--port", "0", "--speed", "instant", "--storage", "s3", "--json"],
                              stdout=subprocess.PIPE, text=True)
    try:
        assert served.stdout is not None
        url = json.loads(served.stdout.readline())["url"]
        login = requests.post(f"{url}/api/v1/auth/login", json={"username": "determined", "password": ""}).json()
        headers = {"Authorization": f"Bearer {login['token']}"}
        config = {"name": "n", "entrypoint": "x", "searcher": {"name": "single", "metric": "loss"}, "data": {"fakedet": {"batches": 100}}}
        made = requests.post(f"{url}/api/v1/experiments", headers=headers, json={"config": json.dumps(config), "activate": True}).json()
        listed = requests.get(f"{url}/api/v1/experiments/{made['experiment']['id']}/checkpoints", headers=headers).json()["checkpoints"]
        storage.build(_without_policy(made["experiment"]["config"]["checkpoint_storage"]), None).download(listed[0]["uuid"], tmp_path / "got")
        assert {path.name for path in (tmp_path / "got").iterdir()} == set(listed[0]["resources"])
    finally:
        served.terminate()
        assert served.wait(timeout=20) == 0


def _without_policy(config: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in config.items() if not name.startswith("save_")}
