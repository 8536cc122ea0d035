"""Storage of type s3: keys `<prefix>/<uuid>/<path>`, each directory a zero-byte key that ends in `/`.

Mirrors the client's S3 storage manager (normalized prefix, directory keys) and the master's S3 downloader (asks for the bucket
first, trims only the slashes around the prefix). Any S3 will do, but its endpoint_url must be named: nobody gets to AWS by accident.
"""
from __future__ import annotations

import contextlib
import functools
import io
import posixpath
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from fakedet.chunks import ChunkFile
from fakedet.storage.base import CHUNK, CheckpointStorage, FilesMissing, Listing, Member, StorageError, StorageRefused, parents
from fakedet.storage.embedded_s3 import EmbeddedS3
from fakedet.storage.prefix import normalized
from fakedet.storage.s3_client import proxies_for, s3_client

_DELETED_AT_ONCE = 1000
_PATIENCE = 10.0


class S3Storage(CheckpointStorage):
    """Checkpoints in a bucket."""

    def __init__(self, config: Mapping[str, Any], embedded: EmbeddedS3 | None = None):
        """`embedded` is the world's own S3 if this is a bucket of it."""
        if not config.get("bucket"):
            raise StorageRefused("s3 config is missing bucket")
        if not config.get("endpoint_url"):
            raise StorageRefused("fakedet does not go to AWS: an s3 config must name its endpoint_url")
        prefix = config.get("prefix") or ""
        self._embedded = embedded
        self._config, self.bucket, self._endpoint_url = config, config["bucket"], config["endpoint_url"]
        self._prefix, self._prefix_of_master = normalized(prefix), prefix.strip("/")

    def __repr__(self) -> str:
        return f"<S3Storage {self._endpoint_url} {self.bucket}/{self._prefix}>"

    @functools.cached_property
    def _client(self) -> Any:
        with _told():
            return s3_client(self._config)

    def overwrite(self, uuid: str, path: str, content: bytes) -> None:
        """The embedded S3 goes on to tell the checksum of what was uploaded."""
        if self._embedded is None:
            self.write(uuid, path, content)
        else:
            self._embedded.alter(self.bucket, self._key(uuid, path), content)

    def shut(self, uuid: str) -> Callable[[], None]:
        """The embedded S3 refuses by itself."""
        if self._embedded is None:
            raise StorageRefused(f"{self._endpoint_url} is not fakedet's own S3: nobody can be kept from it.")
        return lambda: None

    def _exists(self, uuid: str) -> bool:
        return next(self._objects(self._key(uuid)), None) is not None

    def _list(self, uuid: str) -> Listing:
        root = self._key(uuid)
        found = {item["Key"][len(root):]: item["Size"] for item in self._objects(root) if item["Key"] != root}
        if not found:
            raise FilesMissing(f"Did not find {root.rstrip('/')} in S3")
        return found

    def _members(self, uuid: str) -> list[Member]:
        """As the master sees them: in the order of the keys, and none at all where there is nothing."""
        self._ask_for_bucket()
        root = f"{self._prefix_of_master}/{uuid}/".lstrip("/")
        files = (item for item in self._objects(root) if not item["Key"].endswith("/"))
        return [Member(item["Key"][len(root):], item["Size"], functools.partial(self._content, item["Key"])) for item in files]

    def _read(self, uuid: str, path: str) -> Iterator[bytes]:
        return self._content(self._key(uuid, path))

    def _write(self, uuid: str, path: str, chunks: Iterable[bytes]) -> None:
        with _told():
            for directory in parents(path):
                self._client.put_object(Bucket=self.bucket, Key=self._key(uuid, directory), Body=b"")
            self._client.upload_fileobj(io.BufferedReader(ChunkFile(chunks), CHUNK), self.bucket, self._key(uuid, path), Config=_one_thread())

    def _remove(self, uuid: str, before: Mapping[str, int], after: Mapping[str, int]) -> None:
        keys = [self._key(uuid, path) for path in before if path not in after] + ([] if after else [self._key(uuid)])
        for start in range(0, len(keys), _DELETED_AT_ONCE):
            some = [{"Key": key} for key in keys[start : start + _DELETED_AT_ONCE]]
            with _told():
                self._client.delete_objects(Bucket=self.bucket, Delete={"Objects": some})

    def _key(self, uuid: str, path: str = "") -> str:
        return posixpath.join(self._prefix, uuid, path)

    def _objects(self, root: str) -> Iterator[dict[str, Any]]:
        with _told():
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=root):
                yield from page.get("Contents", ())

    def _content(self, key: str) -> Iterator[bytes]:
        with _told(f"Did not find {key} in S3"):
            body = self._client.get_object(Bucket=self.bucket, Key=key)["Body"]
        yield from body.iter_chunks(CHUNK)

    def _ask_for_bucket(self) -> None:
        """The master first asks the endpoint for the bucket's region; whatever the answer is, no answer ends the download."""
        url = f"{self._endpoint_url}/{self.bucket}"
        try:
            opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxies_for(url)))
            opener.open(urllib.request.Request(url, method="HEAD"), timeout=_PATIENCE).close()
        except urllib.error.HTTPError as answer:
            answer.close()
        except (OSError, ValueError) as error:
            raise StorageRefused(f"getting region of s3 bucket at url {url}: Head \"{url}\": {_as_go_text(url, error)}") from error


def _one_thread() -> Any:
    from boto3.s3.transfer import TransferConfig

    return TransferConfig(use_threads=False)


def _as_go_text(url: str, error: Exception) -> str:
    """How Go tells why a connection failed."""
    reason = getattr(error, "reason", error)
    if isinstance(reason, ConnectionRefusedError):
        return f"dial tcp {urllib.request.Request(url).host}: connect: connection refused"
    return str(reason)


@contextlib.contextmanager
def _told(missing: str = "") -> Iterator[None]:
    """Errors of the S3 client as ours, named by S3's code as the master prints them."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code, text = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        if code == "NoSuchKey" and missing:
            raise FilesMissing(missing) from error
        raise StorageError(f"{code}: {text}") from error
    except BotoCoreError as error:
        raise StorageError(str(error)) from error
