"""Commands as messages: much the same for all kinds, with what is each kind's own."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.services.call import Call
from fakedet.services.cluster.usage import POOL
from fakedet.services.commands.kinds import NOTEBOOK, SHELL, TENSORBOARD, Kind

Row = Mapping[str, Any]
ROOT = {"id": 0, "user_id": 0, "user": "root", "uid": 0, "group": "root", "gid": 0}


def command_message(call: Call, kind: Kind, row: Row) -> dict[str, Any]:
    """The Command, Notebook, Shell or Tensorboard message."""
    user = call.db.users.row(row["user_id"])
    return {
        "id": row["task_id"], "description": row["description"], "state": f"STATE_{row['state']}", "start_time": row["start_time"],
        "user_id": user["id"], "username": user["username"], "display_name": user["display_name"] or "", "resource_pool": POOL,
        "exit_status": row["exit_status"], "job_id": row["job_id"], "workspace_id": row["workspace_id"], **_own(kind, row, user)}


def _own(kind: Kind, row: Row, user: Row) -> dict[str, Any]:
    if kind is NOTEBOOK:
        return {"service_address": f"/proxy/{row['task_id']}/?token={row['token']}"}
    if kind is TENSORBOARD:
        return {"service_address": f"/proxy/{row['task_id']}/", "experiment_ids": row["experiment_ids"], "trial_ids": row["trial_ids"]}
    return {"agent_user_group": _identity(user)} if kind is SHELL else {}


def _identity(user: Row) -> dict[str, Any]:
    if user["agent_uid"] is None:
        return ROOT
    return {"id": 0, "user_id": user["id"], "user": user["agent_user"], "uid": user["agent_uid"], "group": user["agent_group"],
            "gid": user["agent_gid"]}
