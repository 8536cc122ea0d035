"""What the web interface keeps for each user: JSON texts by key and path (master: api_user.go, user/postgres_users.go)."""
from __future__ import annotations

import json
from typing import Any

from fakedet.domain.errors import Internal
from fakedet.services.call import Call
from fakedet.services.registry import rpc

NOT_JSON = "ERROR: invalid input syntax for type json (SQLSTATE 22P02)"
ABORTED = "ERROR: current transaction is aborted, commands ignored until end of transaction block (SQLSTATE 25P02)"


@rpc("GetUserSetting")
def get_user_setting(call: Call, request: Any) -> dict[str, Any]:
    """The caller's settings."""
    rows = call.db.user_settings.rows(user_id=call.user["id"])
    return {"settings": [{name: row[name] for name in ("key", "storage_path", "value")} for row in rows]}


@rpc("PostUserSetting")
def post_user_setting(call: Call, request: Any) -> dict[str, Any]:
    """Set the settings given, all or none; a blank value removes one.

    The master goes on after one that is no JSON and says what became of the last.
    """
    valid = [not setting.value or _is_json(setting.value) for setting in request.settings]
    if not all(valid):
        raise Internal(NOT_JSON if all(valid[:-1]) else ABORTED)
    for setting in request.settings:
        _store(call, setting)
    return {}


@rpc("ResetUserSetting")
def reset_user_setting(call: Call, request: Any) -> dict[str, Any]:
    """Forget all settings of the caller."""
    for row in call.db.user_settings.rows(user_id=call.user["id"]):
        call.db.user_settings.delete(row["id"])
    return {}


def _store(call: Call, setting: Any) -> None:
    table, place = call.db.user_settings, {"key": setting.key, "storage_path": setting.storage_path}
    old = table.one(user_id=call.user["id"], **place)
    if not setting.value:
        if old is not None:
            table.delete(old["id"])
    elif old is None:
        table.insert({"user_id": call.user["id"], **place, "value": setting.value})
    else:
        table.change(old["id"], value=setting.value)


def _is_json(text: str) -> bool:
    try:
        json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return False
    return True


def _no_constant(name: str) -> None:
    raise ValueError(f"JSON knows no {name}")
