"""Storage of type gcs: objects `<prefix>/<uuid>/<path>`, each directory an empty one that ends in `/`.

Mirrors the client's GCS storage manager. The storage is an emulator's, never Google's: see embedded_gcs.
"""
from __future__ import annotations

import contextlib
import functools
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fakedet.storage.base import CHUNK, CheckpointStorage, FilesMissing, Listing, Member, StorageError, StorageRefused, parents
from fakedet.storage.embedded_gcs import gcs_url
from fakedet.storage.prefix import normalized

_AT_ONCE: dict[str, Any] = {"timeout": 10, "retry": None}


class GcsStorage(CheckpointStorage):
    """Checkpoints in a bucket of Google's storage."""

    def __init__(self, config: Mapping[str, Any]):
        if not config.get("bucket"):
            raise StorageRefused("gcs config is missing bucket")
        self._name, self._prefix = config["bucket"], normalized(config.get("prefix") or "")
        self._url = gcs_url()

    def __repr__(self) -> str:
        return f"<GcsStorage {self._url} {self._name}/{self._prefix}>"

    @functools.cached_property
    def _bucket(self) -> Any:
        try:
            from google.auth.credentials import AnonymousCredentials
            from google.cloud.storage import Client
        except ImportError:
            raise StorageRefused("the files of gcs storage need Google's client: install fakedet[gcs]") from None
        return Client("fakedet", AnonymousCredentials(), client_options={"api_endpoint": self._url}).bucket(self._name)

    def _exists(self, uuid: str) -> bool:
        return next(self._objects(self._key(uuid)), None) is not None

    def _list(self, uuid: str) -> Listing:
        root = self._key(uuid)
        found = {item.name[len(root):]: item.size for item in self._objects(root) if item.name != root}
        if not found:
            raise FilesMissing(f"Did not find checkpoint {root.rstrip('/')} in GCS")
        return found

    def _members(self, uuid: str) -> list[Member]:
        root = self._key(uuid)
        files = (item for item in self._objects(root) if not item.name.endswith("/"))
        return [Member(item.name[len(root):], item.size, functools.partial(self._content, item.name)) for item in files]

    def _read(self, uuid: str, path: str) -> Iterator[bytes]:
        return self._content(self._key(uuid, path))

    def _write(self, uuid: str, path: str, chunks: Iterable[bytes]) -> None:
        with _told():
            for directory in parents(path):
                self._bucket.blob(self._key(uuid, directory)).upload_from_string(b"", **_AT_ONCE)
            self._bucket.blob(self._key(uuid, path)).upload_from_string(b"".join(chunks), **_AT_ONCE)

    def _remove(self, uuid: str, before: Mapping[str, int], after: Mapping[str, int]) -> None:
        with _told():
            for path in before.keys() - after.keys():
                self._bucket.blob(self._key(uuid, path)).delete(**_AT_ONCE)

    def _key(self, uuid: str, path: str = "") -> str:
        return posixpath.join(self._prefix, uuid, path)

    def _objects(self, root: str) -> Iterator[Any]:
        with _told():
            yield from self._bucket.list_blobs(prefix=root, **_AT_ONCE)

    def _content(self, key: str) -> Iterator[bytes]:
        with _told(f"Did not find {key} in GCS"):
            reader = self._bucket.blob(key).open("rb", chunk_size=CHUNK, **_AT_ONCE)
            while chunk := reader.read(CHUNK):
                yield chunk


@contextlib.contextmanager
def _told(missing: str = "") -> Iterator[None]:
    """Errors of Google's client as ours."""
    from google.api_core.exceptions import GoogleAPIError, NotFound

    try:
        yield
    except NotFound as error:
        raise FilesMissing(missing or str(error)) from error
    except (GoogleAPIError, OSError) as error:
        raise StorageError(str(error)) from error
