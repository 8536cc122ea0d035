"""Creating users (master: api_user.go, user/postgres_users.go)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.errors import AlreadyExists, Internal, InvalidArgument
from fakedet.domain.user_names import SHORTEST_USERNAME, cleaned
from fakedet.services import passwords, rights
from fakedet.services.call import Call
from fakedet.services.first_rows import NO_AGENT_USER
from fakedet.services.groups.personal import add_personal_group
from fakedet.services.registry import rpc
from fakedet.services.users.agent_identity import checked_identity
from fakedet.services.users.messages import user_message

if TYPE_CHECKING:
    from fakedet.world import World

Row = Mapping[str, Any]
MAY_NOT_CREATE = "only admin privileged users can create users"


@rpc("PostUser")
def post_user(call: Call, request: Any) -> dict[str, Any]:
    """A new user; what is wrong with the request is said before who may send it."""
    sent = request.user
    if sent is None:
        raise InvalidArgument("must specify user to create")
    if request.password and sent.remote:
        raise InvalidArgument("cannot set password for remote user")
    names = _names(sent)
    identity = dict(NO_AGENT_USER) if sent.agent_user_group is None else checked_identity(sent.agent_user_group)
    rights.require_admin(call, MAY_NOT_CREATE)
    password = passwords.NOT_BY_PASSWORD if sent.remote else passwords.new(call.world, request.password, hashed=request.is_hashed)
    try:
        user = add_user(call.world, **names, admin=sent.admin, active=sent.active, remote=sent.remote, password_hash=password, **identity)
    except AlreadyExists as error:  # the master's own error type does not cross gRPC
        raise Internal(f"code=400, message={error.message}") from None
    return {"user": user_message(user)}


def add_user(world: "World", *, username: str, **columns: Any) -> Row:
    """Insert a user and the group that is his alone. A name that is taken uses up an id all the same."""
    number = world.db.users.insert({
        "username": username, "display_name": None, "admin": False, "active": False, "remote": False, "password_hash": None,
        "modified_at": world.now(), "last_auth_at": None, **NO_AGENT_USER, **columns})
    if world.db.users.tally(username=username) > 1:
        raise AlreadyExists("user already exists")
    add_personal_group(world.db, number)
    return world.db.users.row(number)


def _names(sent: Any) -> dict[str, Any]:
    username = cleaned(sent.username, shortest=SHORTEST_USERNAME, is_admin=sent.admin, username=sent.username)
    if not sent.display_name:
        return {"username": username}
    return {"username": username, "display_name": cleaned(sent.display_name, shortest=0, is_admin=sent.admin, username=username)}
