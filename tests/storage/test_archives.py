"""Archives as the master makes them."""
from __future__ import annotations

import io
import itertools
import tarfile
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakedet.domain import go_tar
from fakedet.storage.archive import MEDIA_TYPES, packed, tar, tar_length, tgz, zipped
from fakedet.storage.base import Member, StorageError

LONG = "d" * 90 + "/" + "e" * 90
names = st.text(st.characters(blacklist_characters="/\0", blacklist_categories=["Cs"]), min_size=1, max_size=120)
contents = st.dictionaries(names, st.binary(max_size=2000), max_size=4)


def members(files: dict[str, bytes]) -> list[Member]:
    return [Member(path, len(data), lambda data=data: iter((data[:100], data[100:]))) for path, data in files.items()]


def untarred(archive: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        return {entry.name: opened.extractfile(entry).read() for entry in opened}


@given(contents)
def test_every_archive_holds_the_files_in_their_order(files):
    given_members = members(files)
    assert list(untarred(b"".join(tar(given_members))).items()) == list(files.items())
    assert list(untarred(b"".join(tgz(given_members))).items()) == list(files.items())
    with zipfile.ZipFile(io.BytesIO(b"".join(zipped(given_members)))) as opened:
        assert opened.testzip() is None
        assert [(name, opened.read(name)) for name in opened.namelist()] == list(files.items())


@given(contents)
def test_the_length_of_a_tar_is_known_before_a_file_is_read(files):
    given_members = members({**files, LONG: b"x"})
    assert tar_length(given_members) == len(b"".join(tar(given_members)))


def test_an_empty_checkpoint_is_a_valid_empty_archive():
    assert b"".join(tar([])) == bytes(1024)
    assert untarred(b"".join(tgz([]))) == {}
    assert zipfile.ZipFile(io.BytesIO(b"".join(zipped([])))).namelist() == []


def test_a_tar_entry_has_no_time_and_mode_0666():
    with tarfile.open(fileobj=io.BytesIO(b"".join(tar(members({"a": b"1"}))))) as opened:
        (entry,) = opened
    assert (entry.mtime, entry.mode, entry.uid, entry.gid, entry.uname, entry.gname) == (0, 0o666, 0, 0, "", "")


@pytest.mark.parametrize("name, blocks", [("a", 1), (LONG, 1), ("é", 3), ("e" * 101, 3), ("d" * 200 + "/" + "e" * 90, 3)])
def test_a_name_takes_more_than_one_header_block_only_if_ustar_cannot_hold_it(name, blocks):
    assert tar_length(members({name: b""})) == blocks * 512 + 1024


def test_a_zip_entry_has_no_date_and_no_mode():
    (entry,) = zipfile.ZipFile(io.BytesIO(b"".join(zipped(members({"a": b"1"}))))).infolist()
    assert (entry.date_time, entry.external_attr, entry.compress_type) == ((1980, 0, 0, 0, 0, 0), 0, zipfile.ZIP_DEFLATED)


def test_the_same_files_give_the_same_bytes():
    for kind in MEDIA_TYPES.values():
        assert b"".join(packed(kind, members({"a": b"1"}))) == b"".join(packed(kind, members({"a": b"1"})))


@pytest.mark.parametrize("size", [2, 4])
def test_a_file_that_changes_under_way_ends_the_archive(size):
    with pytest.raises(StorageError, match="changed while it was read"):
        b"".join(tar([Member("a", 3, lambda: iter((bytes(size),)))]))


@pytest.mark.parametrize("kind", MEDIA_TYPES.values())
def test_a_large_file_is_packed_in_little_memory(kind):
    chunk = bytes(1 << 20)
    large = Member("large", len(chunk) * 64, lambda: itertools.repeat(chunk, 64))
    tracemalloc.start()
    for _ in packed(kind, [large]):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


@pytest.mark.parametrize("path", ["a", "wörld", "d/" * 60 + "long", "x" * 200, "odd\udcff"])
def test_a_tar_has_the_bytes_that_go_writes(path):
    entry = go_tar.Entry(path, content=b"1234", mode=0o666)
    assert b"".join(tar(members({path: b"1234"}))) == b"".join(go_tar.written([entry]))
