"""Folders on disk: where files really are, what links may do, what the master says of absent ones."""
from __future__ import annotations

import os
from pathlib import Path

import pytest

from fakedet.storage.base import FilesMissing, StorageError, StorageRefused, UnsafePath
from fakedet.storage.select import open_storage
from fakedet.storage.shared_fs import SharedFsStorage

UUID = "bbbbbbbb-0000-4000-8000-000000000001"


@pytest.fixture
def root(tmp_path):
    return tmp_path / "storage"


@pytest.fixture
def folder(root):
    return open_storage({"type": "shared_fs", "host_path": str(root)})


@pytest.mark.parametrize("config, place", [
    ({"type": "directory", "container_path": "/nowhere/golden"}, "/nowhere/golden"),
    ({"type": "directory", "container_path": "/nowhere//golden/"}, "/nowhere/golden"),
    ({"type": "directory", "container_path": "no-such-place"}, "/no-such-place"),
    ({"type": "shared_fs", "host_path": "/nowhere/golden", "storage_path": "sub/dir"}, "/nowhere/golden/sub/dir"),
    ({"type": "shared_fs", "host_path": "/nowhere/golden", "storage_path": "/nowhere/golden/abs"}, "/nowhere/golden/abs"),
])
def test_absent_files_are_told_as_the_master_does(config, place):
    with pytest.raises(FilesMissing, match=f"^lstat {place}/{UUID}/: no such file or directory$"):
        open_storage(config).members(UUID)


def test_members_come_in_the_order_of_a_lexical_walk(folder):
    for path in ("a.bin", "a/x", "a0", "B", "a/b/c"):
        folder.write(UUID, path, b"")
    assert [member.path for member in folder.members(UUID)] == ["B", "a/b/c", "a/x", "a.bin", "a0"]


def test_the_emptied_folder_of_a_checkpoint_is_removed(folder, root):
    folder.write(UUID, "a", b"1")
    folder.delete(UUID, ["a"])
    assert list(root.iterdir()) == []


def test_a_link_that_leads_out_is_not_listed_nor_read_nor_written(folder, root, tmp_path):
    folder.write(UUID, "a", b"1")
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (root / UUID / "link").symlink_to(secret)
    (root / UUID / "up").symlink_to(tmp_path)
    assert [member.path for member in folder.members(UUID)] == ["a"]
    for path in ("link", "up/secret"):
        with pytest.raises(UnsafePath):
            folder.read(UUID, path)
        with pytest.raises(UnsafePath):
            folder.write(UUID, path, b"overwritten")
    assert secret.read_text() == "secret"


def test_a_link_within_the_checkpoint_is_followed(folder, root):
    folder.write(UUID, "a", b"123")
    (root / UUID / "link").symlink_to("a")
    assert folder.list(UUID) == {"a": 3, "link": 3}
    assert b"".join(folder.read(UUID, "link")) == b"123"


@pytest.mark.parametrize("globs", [["**/*"], ["up"], ["*"], ["up/*"], ["up/**"]])
def test_deleting_a_link_leaves_what_it_leads_to(folder, root, tmp_path, globs):
    folder.write(UUID, "a", b"1")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    (root / UUID / "up").symlink_to(outside)
    folder.delete(UUID, globs)
    assert (outside / "kept").read_text() == "kept"


def test_a_link_in_place_of_a_checkpoint_is_refused(folder, root, tmp_path):
    root.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (root / UUID).symlink_to(tmp_path / "elsewhere")
    for ask in (folder.list, lambda uuid: folder.delete(uuid, ["**/*"]), lambda uuid: folder.write(uuid, "a", b"1")):
        with pytest.raises(UnsafePath):
            ask(UUID)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_storage_root_that_is_itself_a_link_is_fine(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "alias").symlink_to(tmp_path / "real")
    backend = open_storage({"type": "directory", "container_path": str(tmp_path / "alias")})
    backend.write(UUID, "a", b"1")
    assert (tmp_path / "real" / UUID / "a").read_bytes() == b"1"
    assert backend.list(UUID) == {"a": 1}


def test_files_under_the_container_mount_are_found_where_the_host_path_has_none(tmp_path):
    mount, host = tmp_path / "mount", tmp_path / "host"
    (mount / UUID).mkdir(parents=True)
    (mount / UUID / "a").write_bytes(b"1")
    backend = SharedFsStorage(str(host), str(mount))
    assert backend.list(UUID) == {"a": 1}
    assert b"".join(backend.read(UUID, "a")) == b"1"
    assert backend.delete(UUID, ["**/*"]) == {}
    assert list(mount.iterdir()) == []


def test_the_host_path_comes_before_the_container_mount(tmp_path):
    backend = SharedFsStorage(str(tmp_path / "host"), str(tmp_path / "mount"))
    (tmp_path / "mount").mkdir()
    backend.write(UUID, "a", b"1")
    assert (tmp_path / "host" / UUID / "a").exists()
    assert backend.list(UUID) == {"a": 1}


def test_nothing_is_written_to_a_relative_path():
    with pytest.raises(StorageRefused, match="relative"):
        open_storage({"type": "directory", "container_path": "no-such-place"}).write(UUID, "a", b"1")
    assert not os.path.exists("no-such-place")


def test_what_the_system_refuses_is_a_storage_error(folder):
    folder.write(UUID, "a", b"1")
    with pytest.raises(StorageError):
        folder.write(UUID, "a/b", b"1")


def test_files_live_in_the_fake_file_system_of_pyfakefs(fs):
    backend = open_storage({"type": "shared_fs", "host_path": "/only/fake", "storage_path": "sub"})
    backend.write(UUID, "code/model.py", b"pass")
    backend.write(UUID, "a", b"1")
    assert Path(f"/only/fake/sub/{UUID}/code/model.py").read_bytes() == b"pass"
    assert [member.path for member in backend.members(UUID)] == ["a", "code/model.py"]
    assert backend.delete(UUID, ["code"]) == {"a": 1}
    assert backend.delete(UUID, ["**/*"]) == {}
    assert not fs.exists(f"/only/fake/sub/{UUID}")
