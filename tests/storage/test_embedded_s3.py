"""The S3 server of a world: it starts by itself, has every bucket that is named, and leads nobody to AWS."""
from __future__ import annotations

import threading
import urllib.request
from typing import Any, Iterator

import boto3
import pytest
from determined.common import storage

from fakedet.storage.base import StorageRefused
from fakedet.storage.select import Storages, open_storage

UUID = "bbbbbbbb-0000-4000-8000-000000000001"


@pytest.fixture
def storages() -> Iterator[Storages]:
    """A world's storages, S3 by default."""
    made = Storages("s3", lambda: pytest.fail("no folder is needed"))
    yield made
    made.close()


@pytest.fixture
def hostile_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """What a developer may have set, all of it leading elsewhere."""
    for name, value in {"AWS_PROFILE": "work", "AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_SECRET_ACCESS_KEY": "real", "AWS_SESSION_TOKEN": "real",
                        "AWS_ENDPOINT_URL": "http://203.0.113.1", "AWS_ENDPOINT_URL_S3": "http://203.0.113.1",
                        "AWS_CA_BUNDLE": "/nowhere", "HTTP_PROXY": "http://203.0.113.1:3128", "http_proxy": "http://203.0.113.1:3128",
                        "AWS_CONFIG_FILE": str(tmp_path / "none"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)


def client_of(config: dict[str, Any]) -> Any:
    return boto3.client("s3", endpoint_url=config["endpoint_url"], aws_access_key_id=config["access_key"],
                        aws_secret_access_key=config["secret_key"])


def test_nothing_is_started_before_it_is_needed():
    threads = threading.active_count()
    unused = Storages("s3", lambda: pytest.fail("no folder is needed"))
    unused.close()
    assert threading.active_count() == threads


def test_clients_are_handed_the_address_and_keys_that_are_nobodys(storages):
    config = storages.default_config()
    assert config["endpoint_url"].startswith("http://127.0.0.1:")
    assert (config["access_key"], config["secret_key"]) == ("fakedet", "fakedet")


def test_the_clients_manager_and_ours_see_the_same_files(storages, tmp_path):
    config = storages.default_config()
    storages.backend(config).write(UUID, "code/train.py", b"pass")
    storage.build(config, None).download(UUID, tmp_path / "got")
    assert (tmp_path / "got" / "code" / "train.py").read_bytes() == b"pass"
    (tmp_path / "got" / "new.bin").write_bytes(b"123")
    storage.build(config, None).upload(tmp_path / "got", UUID, {"new.bin"})
    assert storages.backend(config).list(UUID) == {"code/": 0, "code/train.py": 4, "new.bin": 3}


def test_a_bucket_without_endpoint_is_one_of_the_worlds_own(hostile_environment, storages):
    config = {"type": "s3", "bucket": "named-by-a-config", "prefix": None, "access_key": None, "secret_key": None, "endpoint_url": None}
    storages.backend(config).write(UUID, "a", b"1")
    assert [member.path for member in storages.backend(config).members(UUID)] == ["a"]
    assert storages.backend(config).delete(UUID, ["**/*"]) == {}


def test_a_bucket_is_there_as_soon_as_a_client_names_it(storages):
    client = client_of(storages.default_config())
    client.put_object(Bucket="never-made", Key="a", Body=b"1")
    assert client.list_objects_v2(Bucket="another")["KeyCount"] == 0
    client.create_bucket(Bucket="made-by-hand")
    assert client.head_bucket(Bucket="made-by-hand")["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_two_worlds_have_buckets_and_addresses_of_their_own(storages):
    other = Storages("s3", lambda: pytest.fail("no folder is needed"))
    mine, theirs = storages.default_config(), other.default_config()
    assert mine["bucket"] != theirs["bucket"] and mine["endpoint_url"] != theirs["endpoint_url"]
    storages.backend(mine).write(UUID, "a", b"1")
    assert not other.backend(theirs).exists(UUID)
    other.close()
    assert storages.backend(mine).exists(UUID)


def test_what_a_world_made_goes_with_it_but_not_what_another_still_uses(storages):
    other = Storages("s3", lambda: pytest.fail("no folder is needed"))
    shared, own = {"type": "s3", "bucket": "shared-one"}, {"type": "s3", "bucket": "only-mine"}
    for config in (shared, own):
        other.backend(config).write(UUID, "a", b"1")
    storages.backend(shared).write(UUID, "b", b"1")
    other.close()
    assert set(storages.backend(shared).list(UUID)) == {"a", "b"}
    assert not storages.backend(own).exists(UUID)


def test_a_closed_world_no_longer_answers():
    closed = Storages("s3", lambda: pytest.fail("no folder is needed"))
    url = closed.default_config()["endpoint_url"]
    urllib.request.urlopen(url).close()
    closed.close()
    with pytest.raises(OSError):
        urllib.request.urlopen(url)


def test_a_bucket_is_never_looked_for_in_aws():
    with pytest.raises(StorageRefused, match="must name its endpoint_url"):
        open_storage({"type": "s3", "bucket": "b", "endpoint_url": None})


def test_the_buckets_are_those_that_the_users_own_mock_shows(storages):
    from moto import mock_aws

    with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="of-the-user")
        storages.backend({"type": "s3", "bucket": "of-the-user"}).write(UUID, "a", b"1")
        found = boto3.client("s3", region_name="us-east-1").list_objects_v2(Bucket="of-the-user")["Contents"]
    assert [item["Key"] for item in found] == [f"{UUID}/a"]


@pytest.fixture
def kept(tmp_path: Any) -> Iterator[Any]:
    """A function that starts the world of a folder, as after a crash: nothing of the process is left but the folder."""
    started: list[Storages] = []

    def start() -> Storages:
        while started:
            started.pop().close()
        started.append(Storages("s3", lambda: pytest.fail("no folder is needed"), tmp_path / "s3"))
        return started[0]
    yield start
    started[0].close()


FILES = {"model.bin": bytes(3000), "code/": b"", "code/wörld & <you>.py": b"pass", "empty": b""}


def test_a_world_with_a_folder_has_its_objects_and_address_again(kept):
    first = kept()
    config = first.default_config()
    for path, content in FILES.items():
        first.backend(config).write(UUID, path, content)
    again = kept()
    assert again.default_config() == config
    assert again.backend(config).list(UUID) == {path: len(content) for path, content in FILES.items()}
    assert b"".join(again.backend(config).read(UUID, "code/wörld & <you>.py")) == b"pass"


def test_objects_that_were_deleted_stay_deleted(kept):
    first = kept()
    config = first.default_config()
    for path, content in FILES.items():
        first.backend(config).write(UUID, path, content)
    first.backend(config).delete(UUID, ["code/wörld*"])
    client_of(config).delete_object(Bucket=config["bucket"], Key=f"{UUID}/model.bin")
    assert kept().backend(config).list(UUID) == {"code/": 0, "empty": 0}


def test_an_upload_in_parts_is_kept_as_a_whole(kept, tmp_path):
    config = kept().default_config()
    (tmp_path / "large.bin").write_bytes(bytes(9 << 20))
    client_of(config).upload_file(str(tmp_path / "large.bin"), config["bucket"], f"{UUID}/large.bin")
    assert kept().backend(config).list(UUID) == {"large.bin": 9 << 20}


def test_keys_never_become_paths(kept, tmp_path):
    config = kept().default_config()
    client_of(config).put_object(Bucket=config["bucket"], Key="../../../escaped", Body=b"1")
    assert not list(tmp_path.rglob("escaped"))
    assert client_of(kept().default_config()).get_object(Bucket=config["bucket"], Key="../../../escaped")["Body"].read() == b"1"


def test_a_port_that_another_has_taken_is_told(kept, tmp_path):
    config = kept().default_config()
    second = Storages("s3", lambda: pytest.fail("no folder is needed"), tmp_path / "s3")
    with pytest.raises(StorageRefused, match=f"Port {config['endpoint_url'].rpartition(':')[2]}, at which clients were told"):
        second.default_config()
