"""Framed lines: `<CRC-32 in hex> <length> <JSON>`, so that a line that was torn or damaged is recognised.

The JSON is ASCII without line breaks; NaN and the infinities are written as Python writes them, because rows may hold them.
"""
from __future__ import annotations

import json
import os
import zlib
from pathlib import Path
from typing import Any, BinaryIO, Callable

from fakedet.store.errors import Unstorable


def framed(document: Any) -> bytes:
    """The line that holds `document`."""
    try:
        text = json.dumps(document, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise Unstorable(f"A row holds what JSON cannot: {error}") from error
    payload = text.encode("ascii")
    return b"%08x %d %b\n" % (zlib.crc32(payload), len(payload), payload)


def unframed(line: bytes) -> Any:
    """The document of a line, or None if the line is not whole (no frame holds a bare null)."""
    head, _, rest = line.partition(b" ")
    length, _, payload = rest.partition(b" ")
    whole = payload[:-1]
    if payload[-1:] != b"\n" or length != b"%d" % len(whole) or head != b"%08x" % zlib.crc32(whole):
        return None
    return json.loads(whole.decode("ascii"))


def replace_file(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Let `write` fill a new file and put it in place of `path`, so that a crash leaves either the old or the new one whole."""
    temporary = path.with_name(path.name + ".new")
    with open(temporary, "wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows opens no folders; its renames need no such help
        return
    try:
        os.fsync(descriptor)
    except OSError:  # some network file systems refuse
        pass
    finally:
        os.close(descriptor)
