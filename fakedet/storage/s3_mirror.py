"""Keeps the objects of the embedded S3 in a folder, so that they are there when fakedet starts again.

Each object is one file `<bucket>/<hash of the key>`: the key, a zero byte, the content. Names of clients never become paths.
"""
from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

_PORT = "port"
_BUCKETS = "buckets"


class S3Mirror:
    """The folder of one embedded S3."""

    def __init__(self, folder: Path):
        self._folder = folder

    @property
    def port(self) -> int:
        """The port that clients were told before; 0 the first time."""
        place = self._folder / _PORT
        return int(place.read_text()) if place.exists() else 0

    @port.setter
    def port(self, number: int) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / _PORT).write_text(str(number))

    def objects(self) -> Iterator[tuple[str, str, bytes]]:
        """Bucket, key and content of all that is kept."""
        for place in sorted((self._folder / _BUCKETS).glob("*/*")):
            if place.suffix != ".new":
                key, _, content = place.read_bytes().partition(b"\0")
                yield unquote(place.parent.name), key.decode(), content

    def note(self, bucket: str, key: str, content: bytes | None) -> None:
        """The object has this content now; None: it is gone."""
        place = self._folder / _BUCKETS / quote(bucket, safe="") / hashlib.sha256(key.encode()).hexdigest()
        if content is None:
            place.unlink(missing_ok=True)
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_suffix(".new")
        with open(fresh, "wb") as file:
            file.writelines((key.encode(), b"\0", content))
        os.replace(fresh, place)
