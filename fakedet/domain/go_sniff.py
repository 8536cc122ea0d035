"""The media type that Go's http.DetectContentType gives content from its first 512 bytes, for the files of a context."""
from __future__ import annotations

import re

_LOOKED_AT = 512
_OTHER = "application/octet-stream"
_TEXT = "text/plain; charset=utf-8"
_SPACE = b"\t\n\x0c\r "
_HTML = re.compile(rb"<(!DOCTYPE HTML|HTML|HEAD|SCRIPT|IFRAME|H1|DIV|FONT|TABLE|A|STYLE|TITLE|B|BODY|BR|P|!--)[ >]", re.IGNORECASE)
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
#: How content begins, `?` any byte, and what it is then; the first that fits counts.
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (rb"%PDF-", "application/pdf"), (rb"%!PS-Adobe-", "application/postscript"),
    (rb"\xfe\xff..", "text/plain; charset=utf-16be"), (rb"\xff\xfe..", "text/plain; charset=utf-16le"),
    (rb"\xef\xbb\xbf.", _TEXT),
    (rb"\0\0[\x01\x02]\0", "image/x-icon"), (rb"BM", "image/bmp"), (rb"GIF8[79]a", "image/gif"), (rb"RIFF....WEBPVP", "image/webp"),
    (rb"\x89PNG\r\n\x1a\n", "image/png"), (rb"\xff\xd8\xff", "image/jpeg"),
    (rb"FORM....AIFF", "audio/aiff"), (rb"ID3", "audio/mpeg"), (rb"OggS\0", "application/ogg"), (rb"MThd\0\0\0\x06", "audio/midi"),
    (rb"RIFF....AVI ", "video/avi"), (rb"RIFF....WAVE", "audio/wave"))
_LATER_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (rb"\x1a\x45\xdf\xa3", "video/webm"), (rb".{34}LP", "application/vnd.ms-fontobject"), (rb"\0\x01\0\0", "font/ttf"),
    (rb"OTTO", "font/otf"), (rb"ttcf", "font/collection"), (rb"wOFF", "font/woff"), (rb"wOF2", "font/woff2"),
    (rb"\x1f\x8b\x08", "application/x-gzip"), (rb"PK\x03\x04", "application/zip"),
    (rb"Rar!\x1a\x07(\0|\x01\0)", "application/x-rar-compressed"), (rb"\0asm", "application/wasm"))


def content_type(content: bytes) -> str:
    """The media type."""
    seen = content[:_LOOKED_AT]
    bare = seen.lstrip(_SPACE)
    return _markup(bare) or _begins(seen, _BEGINNINGS) or _mp4(seen) or _begins(seen, _LATER_BEGINNINGS) or _plain(bare) or _OTHER


def _markup(bare: bytes) -> str:
    if _HTML.match(bare):
        return "text/html; charset=utf-8"
    return "text/xml; charset=utf-8" if bare.startswith(b"<?xml") else ""


def _begins(seen: bytes, beginnings: tuple[tuple[bytes, str], ...]) -> str:
    return next((kind for beginning, kind in beginnings if re.match(beginning, seen, re.DOTALL)), "")


def _mp4(seen: bytes) -> str:
    """A box of type ftyp that names an mp4 brand; the second brand's place is its version."""
    size = int.from_bytes(seen[:4], "big")
    if len(seen) < max(12, size) or size % 4 or seen[4:8] != b"ftyp":
        return ""
    return "video/mp4" if any(seen[start:start + 3] == b"mp4" for start in range(8, size, 4) if start != 12) else ""


def _plain(bare: bytes) -> str:
    return "" if _BINARY.search(bare) else _TEXT
