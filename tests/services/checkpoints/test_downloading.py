"""Archives through the master: what the Accept header gives, what stands in them, how failures look."""
from __future__ import annotations

import io
import tarfile
import zipfile

import pytest

FILES = {"model.bin": b"x" * 3000, "code/train.py": b"pass", "empty": b""}


@pytest.fixture
def uuid(cluster):
    return cluster.checkpoint(cluster.trial(cluster.experiment()), 10, FILES)


def members(data: bytes) -> dict[str, bytes]:
    if data[:2] == b"PK":
        archive = zipfile.ZipFile(io.BytesIO(data))
        return {name: archive.read(name) for name in archive.namelist()}
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive.getmembers()}


@pytest.mark.parametrize(("accept", "media_type"), [
    ("application/gzip", "application/gzip"), ("application/zip", "application/zip"), ("application/x-tar", "application/x-tar"),
    ("*/*", "application/x-tar"), ("application/*", "application/x-tar"), ("", "application/x-tar"), (None, "application/x-tar")])
def test_an_archive_has_the_type_that_is_accepted_and_all_files_without_a_folder_around(cluster, uuid, accept, media_type):
    status, data = cluster.raw("GET", f"/checkpoints/{uuid}", **({} if accept is None else {"Accept": accept}))
    assert (status, cluster.reply_headers["Content-Type"]) == (200, media_type)
    assert members(data) == FILES


def test_only_a_plain_tar_tells_its_length(cluster, uuid):
    _, data = cluster.raw("GET", f"/checkpoints/{uuid}")
    assert int(cluster.reply_headers["Content-Length"]) == len(data)
    cluster.raw("GET", f"/checkpoints/{uuid}", Accept="application/gzip")
    assert "Content-Length" not in cluster.reply_headers


@pytest.mark.parametrize("accept", ["application/x-tgz", "text/html", "application/gzip, */*", "application/gzip;q=1", "Application/Gzip"])
def test_lists_weights_and_other_types_are_refused_before_the_uuid_is_looked_at(cluster, accept):
    status, data = cluster.raw("GET", "/checkpoints/x", Accept=accept)
    assert status == 415
    assert data == f'{{"message":"unsupported media type to download a checkpoint: \'{accept}\'"}}\n'.encode()


def test_the_state_does_not_matter_but_the_files_do(cluster, uuid):
    cluster.call("PATCH", "/api/v1/checkpoints", {"checkpoints": [{"uuid": uuid, "resources": {}}]})
    assert cluster.state(uuid) == "DELETED"
    assert cluster.raw("GET", f"/checkpoints/{uuid}")[0] == 200
    cluster.storage.delete(uuid, ["**/*"])
    assert cluster.raw("GET", f"/checkpoints/{uuid}")[0] == 500
    assert cluster.reply_headers["Content-Type"] == "application/x-tar"


def test_a_large_file_is_not_held_in_memory(cluster, uuid):
    from fakedet.gateway.app import answer
    from fakedet.gateway.http import HttpRequest

    cluster.storage.write(uuid, "large.bin", (bytes(1 << 20) for _ in range(64)))
    reply = answer(cluster.world, HttpRequest("GET", f"/checkpoints/{uuid}", headers={
        "authorization": cluster._headers["Authorization"], "accept": "application/x-tar"}))
    sizes = [len(chunk) for chunk in reply.body]
    assert sum(sizes) > 64 << 20 and max(sizes) <= 1 << 20


def test_anybody_may_download_what_anybody_may_see(cluster, uuid):
    cluster.sign_in("determined")
    assert cluster.raw("GET", f"/checkpoints/{uuid}")[0] == 200


@pytest.mark.parametrize("path, status, told", [
    ("", 404, b"api not found: GET /checkpoints/"), ("/a", 400, b"unable to parse checkpoint UUID"), ("?x=1", 200, b"")])
def test_all_that_follows_the_route_is_the_uuid(cluster, uuid, path, status, told):
    found, reply = cluster.raw("GET", f"/checkpoints/{uuid}{path}" if path else "/checkpoints/", Accept="application/gzip")
    assert found == status and told in reply
