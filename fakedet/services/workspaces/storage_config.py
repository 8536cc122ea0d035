"""The checkpoint storage of a workspace: checked when it is set, shown with its secrets hidden (master: api_workspace.go)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain import config as configs
from fakedet.domain.config.reading import ReadError, run
from fakedet.domain.errors import Internal, InvalidArgument

TYPES = ("shared_fs", "directory", "s3", "gcs", "azure")
HIDDEN = "********"
#: Those of s3; the master shows those of azure.
SECRETS = ("access_key", "secret_key")


def checked_storage(sent: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What is stored of the config in a request: every key of its type, null where unset; None for none or an empty one."""
    if not sent:
        return None
    shown = _read(sent)
    try:
        configs.require_complete(configs.CHECKPOINT_STORAGE, shown)
    except configs.ConfigError as error:
        raise InvalidArgument(str(error)) from None
    return shown


def _read(sent: Mapping[str, Any]) -> dict[str, Any]:
    kind = sent.get("type")
    if isinstance(kind, str) and kind not in TYPES:
        raise Internal(f"unexpected type: {kind}")
    if "type" in sent and not isinstance(kind, str):
        raise Internal("type must be a string: got string")
    try:
        shown: dict[str, Any] = configs.CHECKPOINT_STORAGE.show(run(lambda reading: configs.CHECKPOINT_STORAGE.read(dict(sent), reading)))
    except ReadError as error:
        raise Internal(str(error)) from None
    return shown


def shown_storage(stored: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The stored config with the secrets of s3 hidden."""
    if stored is None:
        return None
    return {key: HIDDEN if key in SECRETS and value is not None else value for key, value in stored.items()}
