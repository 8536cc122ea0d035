"""Archives of checkpoint files, made while they are sent: tar, tar.gz and zip in constant memory.

Mirrors the master's archive writers (pkg/checkpoints/archive): files only, no times, mode 0666, a tar's length known beforehand,
tar names in USTAR where they fit and in PAX where not, two closing blocks and no further padding.
"""
from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from fakedet.domain.go_tar import BLOCK, file_headers
from fakedet.storage.base import Member, StorageError

MEDIA_TYPES = {"application/x-tar": "tar", "application/gzip": "tgz", "application/zip": "zip"}
_MODE = 0o666
_END_OF_TAR = bytes(2 * BLOCK)
_NO_DATE = (1980, 0, 0, 0, 0, 0)
_ZIP64_FROM = 1 << 31
_GZIP = 16 + zlib.MAX_WBITS


def tar(members: Iterable[Member]) -> Iterator[bytes]:
    """A tar of the members."""
    for member in members:
        yield _header(member)
        yield from _content(member)
        yield bytes(-member.size % BLOCK)
    yield _END_OF_TAR


def tar_length(members: Iterable[Member]) -> int:
    """How many bytes `tar` will give, without reading a file."""
    return sum(len(_header(member)) + member.size + -member.size % BLOCK for member in members) + len(_END_OF_TAR)


def tgz(members: Iterable[Member]) -> Iterator[bytes]:
    """A gzipped tar of the members; the same files give the same bytes."""
    press = zlib.compressobj(wbits=_GZIP)
    for chunk in tar(members):
        yield from _filled(press.compress(chunk))
    yield press.flush()


def zipped(members: Iterable[Member]) -> Iterator[bytes]:
    """A zip of the members."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            yield from _zip_entry(archive, member, sink)
    yield sink.taken()


def packed(kind: str, members: Sequence[Member]) -> Iterator[bytes]:
    """The archive of one of the kinds in MEDIA_TYPES."""
    return {"tar": tar, "tgz": tgz, "zip": zipped}[kind](members)


def _header(member: Member) -> bytes:
    return file_headers(member.path, member.size, _MODE)


def _content(member: Member) -> Iterator[bytes]:
    """The member's bytes, exactly as many as announced: a file that changes under way would shift all that follows."""
    left = member.size
    for chunk in member.open():
        left -= len(chunk)
        if left < 0:
            break
        yield chunk
    if left:
        raise StorageError(f"{member.path} changed while it was read: it has no longer {member.size} bytes.")


def _zip_entry(archive: zipfile.ZipFile, member: Member, sink: _Sink) -> Iterator[bytes]:
    info = zipfile.ZipInfo(member.path, _NO_DATE)
    info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 0
    with archive.open(info, "w", force_zip64=member.size >= _ZIP64_FROM) as entry:
        for chunk in _content(member):
            entry.write(chunk)
            yield from _filled(sink.taken())
    info.external_attr = 0


def _filled(chunk: bytes) -> Iterator[bytes]:
    if chunk:
        yield chunk


class _Sink(io.RawIOBase):
    """What zipfile writes to: it cannot seek, so sizes come after each entry, and gives away what it has got."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, chunk: Any) -> int:
        self._chunks.append(bytes(chunk))
        return len(chunk)

    def taken(self) -> bytes:
        chunks, self._chunks = self._chunks, []
        return b"".join(chunks)
