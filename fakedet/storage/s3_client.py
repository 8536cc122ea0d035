"""How an S3 server is spoken to: which keys, which address, nothing asked of other machines on the way."""
from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

_ROLES_ASKED_OVER_THE_NETWORK = ("container-role", "iam-role")
_ANY_KEYS = {"aws_access_key_id": "fakedet", "aws_secret_access_key": "fakedet"}
#: Where botocore must not look when the config says all: the environment's and the user's own profile.
_NOBODYS = {"profile": (None, None, None, None), "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None), "ca_bundle": (None, None, None, None)}


def s3_client(config: Mapping[str, Any]) -> Any:
    """boto3's client for a checkpoint_storage config of type s3 that names its endpoint."""
    import boto3
    from botocore.config import Config

    keys = _keys(config)
    session = _session({} if keys is None else _NOBODYS)
    if keys is None and session.get_credentials() is None:
        keys = _ANY_KEYS
    how = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2}, proxies=proxies_for(config["endpoint_url"]))
    return boto3.session.Session(**(keys or {}), botocore_session=session).client("s3", endpoint_url=config["endpoint_url"], config=how)


def _keys(config: Mapping[str, Any]) -> dict[str, str] | None:
    if not (config.get("access_key") and config.get("secret_key")):
        return None
    return {"aws_access_key_id": config["access_key"], "aws_secret_access_key": config["secret_key"]}


def proxies_for(endpoint_url: str) -> dict[str, str] | None:
    """No proxy leads to this machine; for others the environment says."""
    return {} if urlsplit(endpoint_url).hostname in ("127.0.0.1", "localhost", "::1") else None


def _session(variables: Mapping[str, Any]) -> Any:
    """A session with the user's own credentials, if there are any; no metadata service is asked whether the machine has a role."""
    from botocore.session import Session

    session = Session(session_vars=dict(variables))
    session.register_component("data_loader", _service_models())
    for provider in _ROLES_ASKED_OVER_THE_NETWORK:
        session.get_component("credential_provider").remove(provider)
    return session


@functools.lru_cache(maxsize=1)
def _service_models() -> Any:
    """What boto3 knows of S3: 50 ms to read, so read once a process."""
    from botocore.loaders import create_loader

    return create_loader()
