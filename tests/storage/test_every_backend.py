"""What holds for checkpoint files wherever they are kept."""
from __future__ import annotations

import pytest

from fakedet.storage.base import CheckpointStorage, FilesMissing, UnsafePath

UUID = "bbbbbbbb-0000-4000-8000-000000000001"
OTHER = "bbbbbbbb-0000-4000-8000-000000000002"
RECORDED = {"a.bin": 1000, "b/": 0, "b/empty/": 0, "b/two.txt": 2, "metadata.json": 46, "zero": 0}


def fill(backend: CheckpointStorage, uuid: str = UUID, files: dict[str, int] = RECORDED) -> None:
    for path, size in files.items():
        backend.write(uuid, path, bytes(size))


def content(backend: CheckpointStorage, path: str) -> bytes:
    return b"".join(backend.read(UUID, path))


def test_a_listing_has_files_with_sizes_and_directories_with_a_slash_but_not_the_root(backend):
    fill(backend)
    assert backend.list(UUID) == RECORDED


def test_the_directories_of_a_file_come_by_themselves(backend):
    backend.write(UUID, "code/deep/model.py", b"pass")
    assert backend.list(UUID) == {"code/": 0, "code/deep/": 0, "code/deep/model.py": 4}


def test_what_was_written_is_read_back(backend):
    backend.write(UUID, "b/two.txt", b"22")
    assert content(backend, "b/two.txt") == b"22"


def test_chunks_are_written_one_after_the_other(backend):
    backend.write(UUID, "big", (bytes([number]) * 700_000 for number in range(4)))
    assert content(backend, "big") == b"".join(bytes([number]) * 700_000 for number in range(4))


def test_writing_again_replaces_the_file(backend):
    backend.write(UUID, "a", b"first")
    backend.write(UUID, "a", b"2nd")
    assert content(backend, "a") == b"2nd"
    assert backend.list(UUID) == {"a": 3}


def test_archive_members_are_files_only(backend):
    fill(backend)
    members = [(member.path, member.size) for member in backend.members(UUID)]
    assert members == [("a.bin", 1000), ("b/two.txt", 2), ("metadata.json", 46), ("zero", 0)]


def test_a_member_opens_to_its_content(backend):
    backend.write(UUID, "b/two.txt", b"22")
    (member,) = backend.members(UUID)
    assert b"".join(member.open()) == b"22"


def test_a_checkpoint_exists_from_its_first_file_until_its_last(backend):
    assert not backend.exists(UUID)
    backend.write(UUID, "a", b"1")
    assert backend.exists(UUID)
    backend.delete(UUID, ["a"])
    assert not backend.exists(UUID)


def test_checkpoints_do_not_see_each_other(backend):
    fill(backend)
    fill(backend, OTHER, {"x": 1})
    assert backend.list(OTHER) == {"x": 1}
    assert backend.delete(UUID, ["**/*"]) == {}
    assert backend.list(OTHER) == {"x": 1}


def test_the_listing_of_a_checkpoint_that_is_not_there_fails(backend):
    with pytest.raises(FilesMissing):
        backend.list(UUID)


def test_reading_a_file_that_is_not_there_fails(backend):
    fill(backend)
    for path in ("nothing", "b", "b/nothing"):
        with pytest.raises(FilesMissing):
            content(backend, path)


@pytest.mark.parametrize("globs, left", [
    ([], list(RECORDED)),
    (["nothing"], list(RECORDED)),
    (["**/*"], []),
    (["a.bin", "**/*"], []),
    (["b"], ["a.bin", "metadata.json", "zero"]),
    (["b/"], ["a.bin", "metadata.json", "zero"]),
    (["b/**"], ["a.bin", "metadata.json", "zero"]),
    (["b/*"], ["a.bin", "b/", "metadata.json", "zero"]),
    (["b/empty"], ["a.bin", "b/", "b/two.txt", "metadata.json", "zero"]),
    (["*.bin", "**/*.txt"], ["b/", "b/empty/", "metadata.json", "zero"]),
    (["*"], []),
    (["**"], []),
    (["../*", "/etc/*"], list(RECORDED)),
])
def test_deletion_by_globs_tells_and_leaves_what_no_glob_matches(backend, globs, left):
    fill(backend)
    remaining = {path: RECORDED[path] for path in left}
    assert backend.delete(UUID, globs) == remaining
    assert backend.exists(UUID) is bool(left)
    if left:
        assert backend.list(UUID) == remaining


def test_deleting_a_checkpoint_that_is_not_there_leaves_nothing_and_does_not_fail(backend):
    assert backend.delete(UUID, ["**/*"]) == {}
    assert backend.delete(UUID, []) == {}


@pytest.mark.parametrize("path", ["../x", "a/../../x", "..", ".", "", "/etc/x", "a//b", "a/./b", "a\0b", "/", "a//"])
def test_a_path_that_could_leave_the_checkpoint_is_refused(backend, path):
    with pytest.raises(UnsafePath):
        backend.write(UUID, path, b"x")
    with pytest.raises(UnsafePath):
        backend.read(UUID, path)


@pytest.mark.parametrize("uuid", ["", ".", "..", "../x", "x", UUID + "/..", UUID[:-1], UUID + "\n", UUID.upper().replace("B", "G")])
def test_only_a_uuid_names_a_checkpoint(backend, uuid):
    questions = (backend.list, backend.members, backend.exists)
    changes = (lambda name: backend.delete(name, ["**/*"]), lambda name: backend.write(name, "a", b""))
    for ask in (*questions, *changes):
        with pytest.raises(UnsafePath):
            ask(uuid)
