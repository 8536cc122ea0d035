"""A Google Cloud Storage within this process (gcp-storage-emulator), for configs of type gcs.

Google's client takes no address from a config: it goes where STORAGE_EMULATOR_HOST of its environment leads. Where that is set, fakedet goes
there too. Where not, the emulator is started once for the process and the variable is set, so that clients of this process, and of those
that it starts, come here; every bucket that is named is there. Its objects are in memory and end with the process.
"""
from __future__ import annotations

import functools
import logging
import os
import re
import threading
from http.server import HTTPServer
from typing import Any

from fakedet.storage.base import StorageRefused

VARIABLE = "STORAGE_EMULATOR_HOST"
HOST = "127.0.0.1"
_BUCKET = re.compile(r"/b/([-.\w]+)(?:/|$)")
_starting = threading.Lock()
log = logging.getLogger("fakedet.storage")


def gcs_url() -> str:
    """The address of the storage, for this process and all clients; raises StorageRefused where there is none."""
    named = os.environ.get(VARIABLE)
    if named:
        return named if "://" in named else f"http://{named}"
    with _starting:
        url = os.environ[VARIABLE] = _server()
    return url


@functools.cache
def _server() -> str:
    """The address of the emulator, which is started when this is first called."""
    try:
        from gcp_storage_emulator.storage import Storage
    except ImportError:
        raise StorageRefused("the files of gcs storage need an emulator: install fakedet[gcs], or set "
                             f"{VARIABLE} to the address of one") from None
    server = HTTPServer((HOST, 0), functools.partial(_handler(), Storage(use_memory_fs=True)))
    threading.Thread(target=server.serve_forever, daemon=True, name="fakedet-gcs").start()
    url = f"http://{HOST}:{server.server_address[1]}"
    log.warning("Google Cloud Storage is at %s; clients of other processes need %s=%s", url, VARIABLE, url)
    return url


def _handler() -> Any:
    from gcp_storage_emulator.handlers.buckets import create_bucket
    from gcp_storage_emulator.server import RequestHandler

    class OwnBuckets(RequestHandler):  # type: ignore[misc]
        """The emulator's, with every bucket that is named."""

        def parse_request(self) -> bool:
            understood: bool = super().parse_request()
            named = _BUCKET.search(self.path) if understood else None
            if named:
                create_bucket(named[1], self.storage)
            return understood

    return OwnBuckets
