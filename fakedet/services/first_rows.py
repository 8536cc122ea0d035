"""The rows that a fresh cluster begins with: two users, one workspace with one project, the agents that the settings name.

Mirrors the first migrations of the master and its initial users (master: static/migrations, internal/user).
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakedet.engine.clock import BEGINNING
from fakedet.services.groups.personal import add_personal_group
from fakedet.services.roles.assignments import assign_cluster_admin

if TYPE_CHECKING:
    from fakedet.store import Database

#: The migrations tried to insert the groups of the first two users twice, which used up ids.
LAST_GROUP_OF_MIGRATIONS = 4
#: They also moved metrics, which used up their first id.
LAST_METRIC_OF_MIGRATIONS = 1
NO_AGENT_USER: dict[str, Any] = {"agent_uid": None, "agent_gid": None, "agent_user": None, "agent_group": None}


def insert_first_rows(db: "Database", *, agents: int, slots: int) -> None:
    """Fill the empty tables of `db`."""
    _insert_users(db)
    _insert_workspace(db)
    db.move_up("metrics", LAST_METRIC_OF_MIGRATIONS)
    for number in range(1, agents + 1):
        _insert_agent(db, number, slots)


def _insert_users(db: "Database") -> None:
    for username, admin in (("admin", True), ("determined", False)):
        add_personal_group(db, db.users.insert({
            "username": username, "display_name": None, "admin": admin, "active": True, "password_hash": None,
            "modified_at": BEGINNING, "last_auth_at": None, "remote": False, **NO_AGENT_USER}))
    assign_cluster_admin(db, user_id=1)
    db.move_up("groups", LAST_GROUP_OF_MIGRATIONS)


def _insert_workspace(db: "Database") -> None:
    workspace = db.workspaces.insert({
        "name": "Uncategorized", "archived": False, "user_id": 1, "created_at": BEGINNING, "immutable": True, "state": None,
        "error_message": None, "checkpoint_storage_config": None, "default_compute_pool": "", "default_aux_pool": "", **NO_AGENT_USER})
    db.projects.insert({
        "name": "Uncategorized", "workspace_id": workspace, "description": None, "archived": False, "created_at": BEGINNING,
        "notes": [], "user_id": 1, "immutable": True, "state": None, "error_message": None, "key": "UNCAT", "max_local_id": 0})


def _insert_agent(db: "Database", number: int, slots: int) -> None:
    db.agents.insert({"agent_id": f"agent{number}", "slots": slots, "enabled": True, "draining": False, "disabled_slots": [], "draining_slots": [],
                      "resource_pool": "default", "registered_time": BEGINNING})
