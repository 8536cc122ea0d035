"""Tar archives as Go's archive/tar writes them: USTAR where it can hold an entry, PAX records before it where not.

`written` gives an archive in the pieces that Go writes, since their lengths matter to its compressor; `read` takes one apart.
Not here: GNU's binary numbers (file modes beyond seven octal digits lose the rest).
"""
from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import Iterable, Iterator, Mapping

BLOCK = 512
REGULAR, SYMLINK, DIRECTORY, EXTENDED = b"0", b"2", b"5", b"x"
_LEGACY_REGULAR = b"\0"
_WITHOUT_CONTENT = frozenset({b"1", SYMLINK, b"3", b"4", DIRECTORY, b"6"})
_NO_TRAILING_SLASH = frozenset({REGULAR, b"3", b"4", b"6", b"S"})
_NOT_BY_HAND = frozenset({EXTENDED, b"L", b"K"})
_NUMBERS = {"mode": 8, "uid": 8, "gid": 8, "size": 12, "mtime": 12}
_REFUSED = "archive/tar: cannot encode header: "


class TarError(ValueError):
    """An entry that Go refuses to write; the text is Go's."""


@dataclass(frozen=True)
class Entry:
    """A file, folder or link of an archive; a link's content is where it leads."""

    path: str
    kind: bytes = REGULAR
    content: bytes = b""
    mode: int = 0
    mtime: int = 0
    uid: int = 0
    gid: int = 0

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.kind == DIRECTORY


def written(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The archive, piece by piece."""
    for entry in entries:
        kind = _kind(entry)
        content = b"" if kind == SYMLINK else entry.content
        yield from _headers(entry, kind, len(content))
        if content and kind in _WITHOUT_CONTENT:
            raise TarError("archive/tar: write too long")
        yield content
        yield bytes(-len(content) % BLOCK)
    yield bytes(BLOCK)
    yield bytes(BLOCK)


def file_headers(path: str, size: int, mode: int) -> bytes:
    """What stands before the content of a file of so many bytes; zeros fill its last block."""
    return b"".join(_headers(Entry(path, mode=mode), REGULAR, size))


def read(archive: bytes) -> Iterator[Entry]:
    """The entries of an archive that `written` made."""
    position, records = 0, dict[str, str]()
    while position + BLOCK <= len(archive) and any(archive[position:position + BLOCK]):
        header, start = archive[position:position + BLOCK], position + BLOCK
        size = int(records.get("size", _number(header[124:136])))
        content = archive[start:start + size]
        position = start + size + -size % BLOCK
        if header[156:157] == EXTENDED:
            records = dict(_records(content))
        else:
            yield _entry(header, content, records)
            records = {}


def _kind(entry: Entry) -> bytes:
    kind = entry.kind
    if kind == _LEGACY_REGULAR:
        kind = DIRECTORY if entry.path.endswith("/") else REGULAR
    if kind in _NO_TRAILING_SLASH and entry.path.endswith("/"):
        raise TarError(_REFUSED + "filename may not have trailing slash")
    if kind in _NOT_BY_HAND:
        raise TarError(_REFUSED + "cannot manually encode TypeXHeader, TypeGNULongName, or TypeGNULongLink headers")
    return kind


def _headers(entry: Entry, kind: bytes, size: int) -> Iterator[bytes]:
    name, link = _bytes(entry.path), entry.content if kind == SYMLINK else b""
    records, prefix = _records_for(entry, link, size), b""
    halves = _split(name)
    if halves and set(records) <= {"path"}:
        records, (prefix, name) = {}, halves
    if records:
        yield from _extended(entry.path, b"".join(_record(key, records[key]) for key in sorted(records)))
    numbers = {"mode": entry.mode & 0o7777777, "uid": entry.uid, "gid": entry.gid, "size": size, "mtime": entry.mtime}
    yield _header(_ascii(name), kind, {**numbers, **dict.fromkeys(records.keys() & numbers, 0)}, _ascii(link), prefix)


def _records_for(entry: Entry, link: bytes, size: int) -> dict[str, bytes]:
    """What the fields of a header cannot hold."""
    texts = {"path": _bytes(entry.path), "linkpath": link}
    numbers = {"gid": entry.gid, "mtime": entry.mtime, "size": size, "uid": entry.uid}
    return {**{key: text for key, text in texts.items() if len(text) > 100 or not text.isascii()},
            **{key: b"%d" % number for key, number in numbers.items() if not 0 <= number < 1 << 3 * (_NUMBERS[key] - 1)}}


def _extended(path: str, records: bytes) -> Iterator[bytes]:
    folder, slash, name = path.rpartition("/")
    shown = re.sub("^//", "/", posixpath.normpath(f"{folder}{slash}PaxHeaders.0/{name}"))
    yield _header(_ascii(_bytes(shown))[:100].rstrip(b"/"), EXTENDED, {"size": len(records)}, devices=b"")
    yield records
    yield bytes(-len(records) % BLOCK)


def _header(name: bytes, kind: bytes, numbers: Mapping[str, int], link: bytes = b"", prefix: bytes = b"",
            devices: bytes = b"0000000\x000000000\x00") -> bytes:
    before = _text(name) + b"".join(_octal(numbers.get(key, 0), width) for key, width in _NUMBERS.items())
    after = (kind + _text(link) + b"ustar\x0000" + bytes(64) + devices.ljust(16, b"\0") + prefix).ljust(356, b"\0")
    return before + b"%06o\0 " % (sum(before) + sum(after) + 8 * ord(" ")) + after


def _text(value: bytes, width: int = 100) -> bytes:
    """The field's text; where it is cut behind a slash, Go takes that away."""
    field = value[:width].ljust(width, b"\0")
    if len(value) <= width or not field.endswith(b"/"):
        return field
    end = len(field[:-1].rstrip(b"/"))
    return field[:end] + b"\0" + field[end + 1:]


def _octal(number: int, width: int) -> bytes:
    return b"%0*o\0" % (width - 1, number)


def _bytes(text: str) -> bytes:
    """A name as it is in the file system, UTF-8 or not."""
    return text.encode(errors="surrogateescape")


def _ascii(text: bytes) -> bytes:
    return bytes(byte for byte in text if byte < 128)


def _split(name: bytes) -> tuple[bytes, bytes] | None:
    """A long name cut at a slash into the two fields that USTAR has."""
    if len(name) <= 100 or not name.isascii():
        return None
    end = len(name) - 1 if name.endswith(b"/") else len(name)
    cut = name.rfind(b"/", 0, min(end, 156))
    left, right = name[:max(cut, 0)], name[cut + 1:]
    return (left, right) if cut > 0 and len(right) <= 100 and right else None


def _record(key: str, value: bytes) -> bytes:
    bare = len(key) + len(value) + 3
    length = bare + len(str(bare))
    return b"%d %s=%s\n" % (bare + len(str(length)), key.encode(), value)


def _records(content: bytes) -> Iterator[tuple[str, str]]:
    while content:
        length = int(content[:content.index(b" ")])
        key, _, value = content[:length - 1].partition(b" ")[2].partition(b"=")
        yield key.decode(), value.decode(errors="surrogateescape")
        content = content[length:]


def _number(field: bytes) -> int:
    return int(field.strip(b" \0") or b"0", 8)


def _entry(header: bytes, content: bytes, records: dict[str, str]) -> Entry:
    kind = header[156:157]
    prefix, name = (header[start:end].rstrip(b"\0").decode() for start, end in ((345, 500), (0, 100)))
    link = records["linkpath"].encode() if "linkpath" in records else header[157:257].rstrip(b"\0")
    return Entry(records.get("path", f"{prefix}/{name}" if prefix else name), kind, link if kind == SYMLINK else content,
                 mode=_number(header[100:108]), mtime=int(records.get("mtime", _number(header[136:148]))),
                 uid=int(records.get("uid", _number(header[108:116]))), gid=int(records.get("gid", _number(header[116:124]))))
