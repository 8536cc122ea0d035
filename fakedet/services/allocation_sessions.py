"""The session that a task has on the master, in the name of its allocation and of the user who started it (master: db/postgres_tasks.go)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.errors import InvalidArgument
from fakedet.services import sessions

if TYPE_CHECKING:
    from fakedet.store import Database
    from fakedet.world import World

Row = Mapping[str, Any]


def issue(world: "World", allocation_id: str, owner_id: int | None) -> str:
    """A token that is good for as long as the allocation lives."""
    secret = world.ids.secret()
    number = world.db.allocation_sessions.insert({"allocation_id": allocation_id, "owner_id": owner_id, "digest": sessions.digest(secret)})
    return sessions.text_of(number, secret)


def end(db: "Database", allocation_id: str) -> None:
    """The allocation is over."""
    for session in db.allocation_sessions.rows(allocation_id=allocation_id):
        db.allocation_sessions.delete(session["id"])


def holder(db: "Database", text: str) -> Row:
    """The user in whose name a task speaks; raises Unauthenticated."""
    session = sessions.find(db.allocation_sessions, text)
    if session is None:
        raise sessions.NotValid
    if session["owner_id"] is None:
        raise InvalidArgument("allocation session has no associated user")
    user: Row = db.users.row(session["owner_id"])
    return user
