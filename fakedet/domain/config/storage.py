"""Checkpoint storage: shared_fs, directory, s3, gcs and azure, with how many checkpoints of each rank are kept."""

from __future__ import annotations

import posixpath
from typing import Any

from fakedet.domain.config.kinds import Integer, Kind, Text
from fakedet.domain.config.objects import Field, Object, Shown
from fakedet.domain.config.problems import At, Problems
from fakedet.domain.config.unions import Tagged


def _within_host_path(storage: dict[str, Any]) -> bool:
    """A storage_path is relative without climbing out, or absolute under host_path (as text, not as folders)."""
    path, host = storage.get("storage_path"), storage.get("host_path")
    if not isinstance(path, str) or not isinstance(host, str):
        return True
    path, host = _clean(path), _clean(host)
    return path.startswith(host) if path.startswith("/") else not path.startswith("..")


def _clean(path: str) -> str:
    cleaned = posixpath.normpath(path)
    return cleaned[1:] if cleaned.startswith("//") else cleaned


def _stays_in_bucket(prefix: Any) -> bool:
    return not isinstance(prefix, str) or ".." not in prefix.split("/")


def _has_one_azure_login(storage: dict[str, Any]) -> bool:
    return (storage.get("connection_string") is None) != (storage.get("account_url") is None)


def _has_no_double_login(storage: dict[str, Any]) -> bool:
    return not (isinstance(storage.get("connection_string"), str) and isinstance(storage.get("credential"), str))


_PREFIX = Field(Text(("prefix cannot contain /../", _stays_in_bucket)))

SHARED_FS = Object(
    "SharedFSConfigV0",
    {
        "host_path": Field(Text(), eventually=True),
        "storage_path": Field(Text()),
        "propagation": Field(Text(), default="rprivate"),
        "container_path": Field(Text(), shown=Shown.IF_SET),
        "checkpoint_path": Field(Text(), shown=Shown.IF_SET),
        "tensorboard_path": Field(Text(), shown=Shown.IF_SET),
    },
    checks=[("storage_path must either be a relative directory or a subdirectory of host_path", _within_host_path)],
)
DIRECTORY = Object("DirectoryConfigV0", {"container_path": Field(Text(), eventually=True)})
S3 = Object(
    "S3ConfigV0",
    {
        "bucket": Field(Text(), eventually=True),
        "access_key": Field(Text()),
        "secret_key": Field(Text()),
        "endpoint_url": Field(Text()),
        "prefix": _PREFIX,
    },
)
GCS = Object("GCSConfigV0", {"bucket": Field(Text(), eventually=True), "prefix": _PREFIX})


class _Azure(Object):
    """Azure logins are taken from one side whole, never mixed."""

    def merge(self, high: dict[str, Any], low: dict[str, Any]) -> dict[str, Any]:
        login = high if high.get("connection_string") is not None or high.get("account_url") is not None else low
        merged = {name: login.get(name) for name in ("connection_string", "account_url", "credential")}
        return {"container": high.get("container") or low.get("container"), **merged}


AZURE = _Azure(
    "AzureConfigV0",
    {
        "container": Field(Text(), eventually=True),
        "connection_string": Field(Text(), shown=Shown.IF_SET),
        "account_url": Field(Text(), shown=Shown.IF_SET),
        "credential": Field(Text(), shown=Shown.IF_SET),
    },
    checks=[("credential and connection_string must not both be set", _has_no_double_login)],
    eventual_checks=[("Exactly one of connection_string or account_url must be set", _has_one_azure_login)],
)

SAVED = {
    "save_experiment_best": Field(Integer(at_least=0), default=0),
    "save_trial_best": Field(Integer(at_least=0), default=1),
    "save_trial_latest": Field(Integer(at_least=0), default=1),
}


class _CheckpointStorage(Tagged):
    """The union, which also tolerates the long gone key `user`."""

    def __init__(self) -> None:
        super().__init__(
            "CheckpointStorageConfigV0",
            "type",
            {"shared_fs": SHARED_FS, "directory": DIRECTORY, "s3": S3, "gcs": GCS, "azure": AZURE},
            SAVED,
            text="is not an object where object[\"type\"] is one of 'shared_fs', 'directory', 's3', 'gcs', or 'azure'",
            wrap="failed to parse checkpoint storage",
        )
        self.whole.fields["user"] = Field(Kind())


CHECKPOINT_STORAGE = _CheckpointStorage()

_OF_ITS_TIME = ("shared_fs", "s3", "gcs")
_UNUSED = "this field is deprecated and will be ignored"


class _TensorboardStorage(Tagged):
    """Storage of event files, unused for long: a valid storage of the kinds of its time, without save_* keys; shown if given."""

    def __init__(self) -> None:
        members = CHECKPOINT_STORAGE.members
        super().__init__("TensorboardStorageConfigV0", "type", members, {}, text=_UNUSED, wrap="")

    def problems(self, value: dict[str, Any], at: At) -> Problems:
        if value.get("type") not in _OF_ITS_TIME or any(CHECKPOINT_STORAGE.strict[value["type"]].problems(value, at)):
            yield at.says(_UNUSED)
        yield from (at.says(_UNUSED) for name in SAVED if name in value)


TENSORBOARD_STORAGE = _TensorboardStorage()
