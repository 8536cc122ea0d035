"""The prefix of a cloud storage's keys, as the client normalizes it (common/storage/base.py)."""
from __future__ import annotations

import posixpath

from fakedet.storage.base import StorageRefused


def normalized(prefix: str) -> str:
    """The prefix as clients write it: `/pre//x/` is `pre/x`."""
    if ".." in prefix.split("/"):
        raise StorageRefused("prefix cannot contain /../")
    return posixpath.normpath(prefix).lstrip("/") if prefix else ""
