"""Archives of checkpoints through the master (master: core_checkpoint.go, pkg/checkpoints).

Nothing is held in memory but the first bytes, which are read before the reply begins so that early failures have a
status. Only rows are read under the world's lock, files are not.
"""
from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any, Iterator, Mapping

from fakedet.domain.errors import Internal, InvalidArgument, MasterError
from fakedet.domain.go_uuid import BadUuid, parse_uuid
from fakedet.services.call import Call
from fakedet.services.checkpoints import finding
from fakedet.services.checkpoints.storages import storage_config
from fakedet.services.checkpoints.view import CheckpointView
from fakedet.storage.archive import MEDIA_TYPES, packed, tar_length
from fakedet.storage.base import Member, StorageError, StorageRefused
from fakedet.storage.select import Storages

TAR = "application/x-tar"
#: What stands for a tar in an Accept header.
ANYTHING = ("", "*/*", "application/*")
READ_AHEAD = 16 * 1024
LOCAL = ("shared_fs", "directory")
HINT = "checkpoint archive failed, please verify that file system checkpoint storage is available to the server: "


@dataclass(frozen=True)
class Archive:
    """An archive on its way; `length` is known for plain tars."""

    media_type: str
    chunks: Iterator[bytes] = field(repr=False)
    length: int | None = None


class DownloadFailed(MasterError):
    """A failure after the media type was settled, which the reply carries."""

    def __init__(self, error: MasterError, media_type: str):
        super().__init__(error.message)
        self.code, self.reason, self.media_type = error.code, error.reason, media_type


def media_type_of(accept: str | None) -> str | None:
    """The media type that a request gets, None if its header is not to be met; lists and weights are not understood."""
    wanted = TAR if accept is None or accept in ANYTHING else accept
    return wanted if wanted in MEDIA_TYPES else None


def archive(call: Call, uuid: str, media_type: str) -> Archive:
    """The files of a checkpoint, whatever its state."""
    try:
        parse_uuid(uuid)
    except BadUuid as error:
        raise InvalidArgument(f"unable to parse checkpoint UUID {uuid}: {error}") from None
    with call.world.lock:
        view = finding.checkpoint(call.db, uuid)
        place = _place(call, view)
    try:
        if place is None:
            raise Internal(f"unable to retrieve experiment config for checkpoint {view.uuid}: it has neither a storage nor an experiment")
        return _opened(call.world.storages, place, view.uuid, media_type)
    except MasterError as error:
        raise DownloadFailed(error, media_type) from None


def _place(call: Call, view: CheckpointView) -> Mapping[str, Any] | None:
    """The storage's config; none for a checkpoint that has outlived its experiment."""
    if view.row["storage_id"] is None and view.experiment is None:
        return None
    return storage_config(call.db, view.row["storage_id"], view.experiment or {})


def _opened(storages: Storages, config: Mapping[str, Any], uuid: str, media_type: str) -> Archive:
    try:
        members = storages.backend(config).members(uuid)
        length = tar_length(members) if media_type == TAR else None
        return Archive(media_type, _read_ahead(MEDIA_TYPES[media_type], members), length)
    except StorageRefused as error:
        raise InvalidArgument(str(error)) from None
    except StorageError as error:
        raise Internal(_failure(uuid, str(error), media_type, config["type"] in LOCAL)) from None


def _read_ahead(kind: str, members: list[Member]) -> Iterator[bytes]:
    chunks, ready, size = packed(kind, members), [], 0
    for chunk in chunks:
        ready.append(chunk)
        size += len(chunk)
        if size >= READ_AHEAD:
            break
    return itertools.chain(ready, chunks)


def _failure(uuid: str, why: str, media_type: str, local: bool) -> str:
    if media_type == TAR:
        return f"unable to list checkpoint {uuid} files: {why}"
    return f"unable to download checkpoint {uuid}: {HINT if local else ''}{why}"
