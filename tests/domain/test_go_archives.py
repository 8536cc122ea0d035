"""Archives as Go makes them: sizes and bytes recorded from Go 1.26's archive/tar and compress/gzip, media types from its net/http."""
from __future__ import annotations

import hashlib
import io
import random
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakedet.domain import go_tar
from fakedet.domain.go_deflate import gzip_size
from fakedet.domain.go_huffman import code_lengths
from fakedet.domain.go_sniff import content_type

#: Kind of content, bytes, bytes a write, what Go's gzip makes of it.
SIZES = [
    ("zeros", 0, 1, 23), ("zeros", 1, 1, 25), ("zeros", 3000, 512, 42), ("noise", 5, 5, 29),
    ("noise", 300, 300, 328), ("noise", 20000, 512, 20033), ("noise", 70000, 70000, 70048), ("letters", 40, 40, 44),
    ("letters", 5000, 512, 894), ("skewed", 9000, 9000, 7190), ("skewed", 40000, 512, 31747),
    ("words", 2000, 512, 891), ("words", 30000, 30000, 4287), ("words", 100000, 512, 10255),
    ("words", 100000, 100000, 10255), ("words", 140000, 333, 14933),
]

TARS = [
    ([], 32, "5f70bf18a0860070"),
    ([go_tar.Entry("train.py", content=b"print(1)\n", mode=0o644, mtime=1700000000)], 113, "d465573980cb1e9b"),
    ([go_tar.Entry("pkg", b"5", mode=0o755, mtime=1700000001),
      go_tar.Entry("pkg/__init__.py", mode=0o644, uid=1000, gid=1000)], 138, "94ec1d2739d478ab"),
    ([go_tar.Entry("latest", b"2", b"runs/7", mode=0o777)], 87, "96bc64bf937a2401"),
    ([go_tar.Entry("a/" * 60 + "train.py", content=b"x" * 700)], 96, "98546edbb9fc0de8"),
    ([go_tar.Entry("pkg/" + "x" * 120, mtime=-5)], 147, "17124a74d1aa194e"),
    ([go_tar.Entry("données.csv", content=b"1,2\n"),
      go_tar.Entry("big", uid=2097152, gid=3000000, mtime=2**33)], 238, "60c8c4b95f2c728b"),
    ([go_tar.Entry("old", b"\0", content=b"x"), go_tar.Entry("old/", b"\0")], 108, "9da913395f8c93e0"),
    ([go_tar.Entry("a/" * 60 + "train.py", uid=2097152)], 137, "fae690b26bcf9659"),
    ([go_tar.Entry("link", b"2", "é".encode() * 60)], 138, "ae18455a6f90b1d7"),
]


def content(kind: str, count: int) -> bytes:
    """The same bytes in Go's recording and here."""
    chance = random.Random(f"{kind} {count}")
    if kind == "zeros":
        return bytes(count)
    if kind == "noise":
        return chance.randbytes(count)
    if kind == "letters":
        return bytes(chance.choices(b"ab", k=count))
    if kind == "skewed":
        return bytes(chance.choices(range(256), weights=[1 / (byte + 1) for byte in range(256)], k=count))
    words = [chance.randbytes(chance.randrange(3, 30)) for _ in range(40)]
    return b"".join(chance.choices(words, k=count))[:count]


def pieces(data: bytes, length: int) -> list[bytes]:
    return [data[start:start + length] for start in range(0, len(data), length)]


@pytest.mark.parametrize("kind, count, length, size", SIZES)
def test_the_size_is_that_of_gos_gzip(kind, count, length, size):
    assert gzip_size(pieces(content(kind, count), length)) == size


@pytest.mark.parametrize("entries, size, digest", TARS)
def test_an_archive_is_byte_for_byte_gos(entries, size, digest):
    chunks = list(go_tar.written(entries))
    assert (gzip_size(chunks), hashlib.sha256(b"".join(chunks)).hexdigest()[:16]) == (size, digest)


@pytest.mark.parametrize("entry, message", [
    (go_tar.Entry("folder/"), "archive/tar: cannot encode header: filename may not have trailing slash"),
    (go_tar.Entry("x", b"x"), "archive/tar: cannot encode header: cannot manually encode TypeXHeader, TypeGNULongName, or "
                              "TypeGNULongLink headers"),
    (go_tar.Entry("pkg", go_tar.DIRECTORY, b"content"), "archive/tar: write too long"),
])
def test_what_go_refuses_to_write_is_refused_in_its_words(entry, message):
    with pytest.raises(go_tar.TarError) as refusal:
        list(go_tar.written([entry]))
    assert str(refusal.value) == message


paths = st.text("abé/.", min_size=1, max_size=300).filter(lambda path: not path.endswith("/"))
entries = st.builds(go_tar.Entry, paths, st.just(go_tar.REGULAR), st.binary(max_size=1500), mode=st.integers(0, 0o777),
                    mtime=st.integers(-9, 2**34), uid=st.integers(0, 2**31 - 1), gid=st.integers(0, 2**31 - 1))


@given(st.lists(entries, max_size=4))
def test_what_is_written_is_read_again(some):
    assert list(go_tar.read(b"".join(go_tar.written(some)))) == some


@given(st.lists(entries, max_size=4))
def test_python_reads_it_too(some):
    with tarfile.open(fileobj=io.BytesIO(b"".join(go_tar.written(some)))) as archive:
        assert [(member.name, member.size, member.mtime) for member in archive] == [
            (entry.path, len(entry.content), entry.mtime) for entry in some]


@given(st.lists(st.integers(0, 1000), min_size=3, max_size=60))
def test_code_lengths_make_a_whole_prefix_code(counts):
    lengths = code_lengths(counts, 15)
    assert [bool(length) for length in lengths] == [bool(count) for count in counts]
    if sum(map(bool, counts)) > 1:
        assert sum(2.0 ** -length for length in lengths if length) == 1


@pytest.mark.parametrize("start, kind", [
    (b"import torch\n", "text/plain; charset=utf-8"), (b"", "text/plain; charset=utf-8"), (b'{"a": 1}', "text/plain; charset=utf-8"),
    (b"\n <!DOCTYPE html>", "text/html; charset=utf-8"), (b"<br/>", "text/plain; charset=utf-8"), (b"<?xml version", "text/xml; charset=utf-8"),
    (b"\x89PNG\r\n\x1a\n", "image/png"), (b"PK\x03\x04", "application/zip"), (b"\x1f\x8b\x08", "application/x-gzip"),
    (b"\x80\x04\x95\x00", "application/octet-stream"), (b"caf\xe9", "text/plain; charset=utf-8"),
    (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "video/mp4"), (b"\x00\x00\x00\x10ftypisommp41", "application/octet-stream"),
    (b"a" * 600 + b"\x00", "text/plain; charset=utf-8"), (b"RIFFabcdWAVE", "audio/wave"),
])
def test_content_shows_what_it_is_by_its_first_bytes(start, kind):
    assert content_type(start) == kind
