"""An S3 server inside this process (moto), for configs that name a bucket and no endpoint.

It starts when its address is first asked for, listens on a port of its own of 127.0.0.1, takes any keys, and has every bucket that is
named to it. The buckets are moto's of this process, which the user's own `mock_aws` shows too; those made for a world go with it.
"""
from __future__ import annotations

import html
import io
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from fakedet.storage.base import StorageRefused
from fakedet.storage.damage import Damage
from fakedet.storage.s3_mirror import S3Mirror

HOST = "127.0.0.1"
#: Throw-away keys, so that no client looks for real ones.
KEYS = {"access_key": "fakedet", "secret_key": "fakedet"}
REGION = "us-east-1"
_POLLED_EVERY = 0.05
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DENIAL = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
_bucket_users: Counter[str] = Counter()
_bucket_lock = threading.Lock()


class EmbeddedS3:
    """The S3 of one world; its objects are kept in `folder` if given, else in memory only."""

    def __init__(self, folder: Path | None = None, damage: Damage | None = None) -> None:
        self._damage = damage or Damage()
        self._mirror = None if folder is None else S3Mirror(folder)
        self._server: Any = None
        self._buckets: OwnBuckets | None = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<EmbeddedS3 {self.url if self._server else 'not started'}>"

    @property
    def url(self) -> str:
        """The server's address."""
        with self._lock:
            if self._server is None:
                self._start()
            return f"http://{HOST}:{self._server.server_address[1]}"

    @property
    def default_bucket(self) -> str:
        """The bucket of those who name none; no two worlds have the same."""
        return f"fakedet-checkpoints-{self.url.rpartition(':')[2]}"

    def access(self) -> dict[str, str]:
        """What a checkpoint_storage config needs so that clients come here."""
        return {"endpoint_url": self.url, **KEYS}

    def is_at(self, url: str) -> bool:
        """Whether this is the server at that address."""
        return self._server is not None and url == self.url

    def alter(self, bucket: str, key: str, content: bytes) -> None:
        """Change an object's content but not the checksums that were made when it was uploaded."""
        _backend().buckets[bucket].keys[key].value = content
        if self._mirror:
            self._mirror.note(bucket, key, content)

    def resume(self) -> None:
        """Listen again where clients were told to come before the process ended, if they were."""
        if self._server is None and self._mirror and self._mirror.port:
            self.access()

    def close(self) -> None:
        """Stop the server, drop the buckets that were made for it."""
        with self._lock:
            server, self._server = self._server, None
        if server is None:
            return
        server.shutdown()
        server.server_close()
        assert self._buckets is not None
        self._buckets.drop()

    def _start(self) -> None:
        try:
            from moto.server import create_backend_app
            from werkzeug.serving import make_server
        except ImportError as error:
            raise StorageRefused(f"The embedded S3 needs the files of moto and botocore, which are not to be read: {error}. "
                                 "In a fake file system use storage='memory' or 'shared_fs'.") from error
        self._buckets = OwnBuckets(create_backend_app("s3"), self._mirror, self._damage)
        port = self._mirror.port if self._mirror else 0
        try:
            self._server = make_server(HOST, port, self._buckets, threaded=True, request_handler=_quiet_handler())
        except (OSError, SystemExit) as error:
            raise StorageRefused(f"Port {port}, at which clients were told to find the embedded S3, is taken: {error}") from None
        if self._mirror:
            self._mirror.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(_POLLED_EVERY,), daemon=True, name="fakedet-s3").start()


class OwnBuckets:
    """Makes each bucket when it is first named, then lets moto answer. A WSGI application."""

    def __init__(self, app: Callable[..., Any], mirror: S3Mirror | None = None, damage: Damage | None = None):
        self._app, self._mirror, self._damage = app, mirror, damage or Damage()
        self._made: set[str] = set()
        for bucket, key, content in mirror.objects() if mirror else ():
            self._ensure(bucket)
            _backend().put_object(bucket, key, content)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        bucket, _, key = _path(environ).lstrip("/").partition("/")
        if bucket and (key or not _makes_or_drops_it(environ)):
            self._ensure(bucket)
        if not all(self._damage.admits(uuid) for uuid in _checkpoints_of(environ)):
            start_response("403 Forbidden", [("Content-Type", "application/xml")])
            return [_DENIAL]
        if self._mirror is None or environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            return self._app(environ, start_response)
        changed = _keys_to_delete(environ) or ([key] if key else [])
        reply = list(self._app(environ, start_response))
        for name in changed:
            self._mirror.note(bucket, name, _content(bucket, name))
        return reply

    def drop(self) -> None:
        """Forget the buckets that no other world of this process uses."""
        backend = _backend()
        with _bucket_lock:
            for name in self._made:
                _bucket_users[name] -= 1
                if not _bucket_users[name] and name in backend.buckets:
                    backend.buckets[name].keys.clear()
                    backend.delete_bucket(name)
            self._made.clear()

    def _ensure(self, name: str) -> None:
        from moto.s3.exceptions import S3ClientError

        backend = _backend()
        with _bucket_lock:
            missing = name not in backend.buckets
            if missing:
                try:
                    backend.create_bucket(name, REGION)
                except S3ClientError:
                    return  # not a name for a bucket: moto tells the client
            if name not in self._made and (missing or _bucket_users[name]):
                self._made.add(name)
                _bucket_users[name] += 1


def _path(environ: Mapping[str, Any]) -> str:
    """The path as text; WSGI hands over its bytes as Latin-1."""
    raw: str = environ["PATH_INFO"]
    return raw.encode("latin-1").decode("utf-8", "replace")


def _checkpoints_of(environ: Mapping[str, Any]) -> set[str]:
    """The checkpoints that a request is about, by its path or the prefix that it lists."""
    return set(_UUID.findall(environ["PATH_INFO"] + environ.get("QUERY_STRING", "")))


def _makes_or_drops_it(environ: Mapping[str, Any]) -> bool:
    """Whether a request to a bucket is about its being itself."""
    return environ["REQUEST_METHOD"] in ("PUT", "DELETE") and not environ.get("QUERY_STRING")


def _keys_to_delete(environ: dict[str, Any]) -> list[str]:
    """The keys that a request names to delete several objects at once."""
    if environ["REQUEST_METHOD"] != "POST" or "delete" not in parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True):
        return []
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return [html.unescape(key) for key in re.findall(r"<Key>(.*?)</Key>", body.decode(), re.DOTALL)]


def _content(bucket: str, key: str) -> bytes | None:
    found = _backend().buckets[bucket].keys.get(key) if bucket in _backend().buckets else None
    value = getattr(found, "value", None)
    return bytes(value) if value is not None else None


def _backend() -> Any:
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.s3.models import s3_backends

    return s3_backends[DEFAULT_ACCOUNT_ID]["aws"]


def _quiet_handler() -> Any:
    from moto.server import MotoRequestHandler

    class Quiet(MotoRequestHandler):  # type: ignore[misc]
        """Moto's, without a line on stderr for each request."""

        def log_request(self, code: Any = "-", size: Any = "-") -> None:
            pass

    return Quiet
