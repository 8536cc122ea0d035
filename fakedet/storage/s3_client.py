"""How an S3 server is spoken to: which keys, which address, nothing asked of other machines on the way."""
from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

_ROLES_ASKED_OVER_THE_NETWORK = ("container-role", "iam-role")
_ANY_KEYS = {"aws_access_key_id": "fakedet", "aws_secret_access_key": "fakedet"}


def s3_client(config: Mapping[str, Any]) -> Any:
    """boto3's client for a checkpoint_storage config of type s3."""
    import boto3
    from botocore.config import Config

    endpoint, botocore_session = config.get("endpoint_url") or None, _session()
    keys = _keys(config) or (_ANY_KEYS if endpoint and botocore_session.get_credentials() is None else {})
    style = {"addressing_style": "path"} if endpoint else None
    return boto3.session.Session(**keys, botocore_session=botocore_session).client(
        "s3", endpoint_url=endpoint, config=Config(s3=style, retries={"max_attempts": 2}))


def _keys(config: Mapping[str, Any]) -> dict[str, str]:
    if not (config.get("access_key") and config.get("secret_key")):
        return {}
    return {"aws_access_key_id": config["access_key"], "aws_secret_access_key": config["secret_key"]}


def _session() -> Any:
    """A session with the user's own credentials, if there are any; no metadata service is asked whether the machine has a role."""
    from botocore.session import get_session

    session = get_session()
    session.register_component("data_loader", _service_models())
    for provider in _ROLES_ASKED_OVER_THE_NETWORK:
        session.get_component("credential_provider").remove(provider)
    return session


@functools.lru_cache(maxsize=1)
def _service_models() -> Any:
    """What boto3 knows of S3: 50 ms to read, so read once a process."""
    from botocore.loaders import create_loader

    return create_loader()
