"""One user, or a list of them (master: api_user.go)."""
from __future__ import annotations

from typing import Any, Callable, Iterator, Mapping

from fakedet.domain.collation import sort_key
from fakedet.domain.errors import InvalidArgument, NotFound
from fakedet.domain.paging import slice_page
from fakedet.services import finding
from fakedet.services.call import Call
from fakedet.services.matching import DESCENDING, Condition, like, nulls_last
from fakedet.services.registry import rpc
from fakedet.services.users.messages import user_message

Row = Mapping[str, Any]


@rpc("GetMe")
def get_me(call: Call, request: Any) -> dict[str, Any]:
    """The caller."""
    return {"user": user_message(call.user)}


@rpc("GetUser")
def get_user(call: Call, request: Any) -> dict[str, Any]:
    """A user by id."""
    return {"user": user_message(finding.user(call.db, request.user_id))}


@rpc("GetUserByUsername")
def get_user_by_username(call: Call, request: Any) -> dict[str, Any]:
    """A user by the exact name."""
    user = call.db.users.one(username=request.username)
    if user is None:
        raise NotFound("user not found")
    return {"user": user_message(user)}


@rpc("GetUsers")
def get_users(call: Call, request: Any) -> dict[str, Any]:
    """The users that meet all filters, a page of them; whatever the order, ids break ties upward."""
    conditions = list(_conditions(request))
    found = [row for row in call.db.users.rows() if all(condition(row) for condition in conditions)]
    found.sort(key=ORDERS.get(request.sort_by, ORDERS["SORT_BY_UNSPECIFIED"]), reverse=request.order_by == DESCENDING)
    page = slice_page(len(found), request.offset, request.limit)
    return {"users": [user_message(user) for user in page.cut(found)], "pagination": page.block()}


def _conditions(request: Any) -> Iterator[Condition]:
    if request.role_id_assigned_directly_to_user:
        raise InvalidArgument("cannot filter by role id. RBAC must be enabled.")
    if request.name:
        shown, username = like("display_name", f"%{request.name}%"), like("username", f"%{request.name}%")
        yield lambda row: shown(row) or username(row)
    if request.admin is not None:
        yield lambda row: row["admin"] == request.admin
    if request.active is not None:
        yield lambda row: row["active"] == request.active


def _shown_name(user: Row) -> Any:
    return sort_key(user["username"] if user["display_name"] is None else user["display_name"])


def _display_name(user: Row) -> Any:
    return nulls_last(None if user["display_name"] is None else sort_key(user["display_name"]))


ORDERS: Mapping[Any, Callable[[Row], Any]] = {
    "SORT_BY_UNSPECIFIED": lambda user: user["id"],
    "SORT_BY_DISPLAY_NAME": _display_name,
    "SORT_BY_USER_NAME": lambda user: sort_key(user["username"]),
    "SORT_BY_ADMIN": lambda user: user["admin"],
    "SORT_BY_ACTIVE": lambda user: user["active"],
    "SORT_BY_MODIFIED_TIME": lambda user: user["modified_at"],
    "SORT_BY_NAME": _shown_name,
    "SORT_BY_LAST_AUTH_TIME": lambda user: nulls_last(user["last_auth_at"]),
    "SORT_BY_REMOTE": lambda user: user["remote"],
}
