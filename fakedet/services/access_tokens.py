"""Access tokens: handed out by administrators, good until they expire or are revoked (master: api_token.go, internal/token)."""
from __future__ import annotations

from typing import Any, Callable, Iterator, Mapping

from fakedet.domain.collation import sort_key
from fakedet.domain.durations import GoDurationError, parse_duration
from fakedet.domain.errors import Internal, InvalidArgument, NotFound
from fakedet.domain.paging import slice_page
from fakedet.services import finding, rights, sessions
from fakedet.services.call import Call
from fakedet.services.matching import DESCENDING, Condition, nulls_last
from fakedet.services.registry import rpc

Row = Mapping[str, Any]
#: Both the usual and the longest lifespan, in microseconds.
LONGEST = 30 * sessions.DAY
NO_ROWS = "sql: no rows in result set"


@rpc("PostAccessToken")
def post_access_token(call: Call, request: Any) -> dict[str, Any]:
    """A token for a user, whoever that is; its text is shown this once."""
    user = finding.user(call.db, request.user_id)
    rights.require_admin(call, "only admin privileged users can create token for own/other users")
    token, text = sessions.issue(call.world, user["id"], kind=sessions.ACCESS_TOKEN, lifetime=_lifespan(request.lifespan),
                                 description=request.description or None)
    return {"token": text, "token_id": token["id"]}


@rpc("GetAccessTokens")
def get_access_tokens(call: Call, request: Any) -> dict[str, Any]:
    """The tokens that meet all filters, a page of them; who is no administrator must ask for his own by name."""
    conditions = list(_conditions(call, request))
    found = [row for row in call.db.tokens.rows() if all(condition(row) for condition in conditions)]
    found.sort(key=ORDERS.get(request.sort_by, ORDERS["SORT_BY_UNSPECIFIED"]), reverse=request.order_by == DESCENDING)
    page = slice_page(len(found), request.offset, request.limit)
    return {"token_info": list(map(token_message, page.cut(found))), "pagination": page.block()}


@rpc("PatchAccessToken")
def patch_access_token(call: Call, request: Any) -> dict[str, Any]:
    """Change the description of a token that is in use, or revoke it."""
    token = call.db.tokens.row(request.token_id)
    if token is None or token["ended_at"] is not None:
        raise NotFound(f"Token with id: {{{request.token_id}}} not found")
    rights.require_admin(call, "only admin privileged users can update access tokens")
    if token["token_type"] != sessions.ACCESS_TOKEN:
        raise Internal(NO_ROWS)
    if not _is_in_use(token, call.now):
        raise Internal(f"unable to update inactive token with ID {request.token_id}")
    changes = {} if request.description is None else {"description": request.description}
    if request.set_revoked:
        changes["revoked_at"] = call.now
    return {"token_info": token_message(call.db.tokens.change(token["id"], **changes))}


def token_message(token: Row) -> dict[str, Any]:
    """The TokenInfo message."""
    return {"id": token["id"], "user_id": token["user_id"], "expiry": token["expiry"], "created_at": token["created_at"],
            "token_type": f"TOKEN_TYPE_{token['token_type']}", "revoked": token["revoked_at"] is not None,
            "description": token["description"] or ""}


def _lifespan(text: str | None) -> int:
    """Microseconds from a Go duration; -1 is the longest that there is."""
    if text is None or text == "-1":
        return LONGEST
    try:
        lifespan = parse_duration(text) // 1000
    except GoDurationError as error:
        raise InvalidArgument(f"failed to parse lifespan {text}: {error}") from None
    if lifespan < 0:
        raise InvalidArgument("lifespan must be a Go-formatted duration string with a positive value")
    if lifespan > LONGEST:
        raise InvalidArgument("token Lifespan must be less than max token lifespan")
    return lifespan


def _conditions(call: Call, request: Any) -> Iterator[Condition]:
    yield lambda row: row["token_type"] == sessions.ACCESS_TOKEN
    owner = _owner(call, request.username)
    if owner != call.user["id"]:
        rights.require_admin(call, "only admin privileged users can view other users")
    if owner is not None:
        yield lambda row: row["user_id"] == owner
    if not request.show_inactive:
        yield lambda row: _is_in_use(row, call.now)
    wanted = {number for number in request.token_ids if number > 0}
    if wanted:
        yield lambda row: row["id"] in wanted


def _owner(call: Call, username: str) -> int | None:
    if not username:
        return None
    user = call.db.users.one(username=username)
    if user is None:
        raise Internal(NO_ROWS)
    number: int = user["id"]
    return number


def _is_in_use(token: Row, now: int) -> bool:
    return token["revoked_at"] is None and token["expiry"] > now


ORDERS: Mapping[Any, Callable[[Row], Any]] = {
    "SORT_BY_UNSPECIFIED": lambda token: token["id"],
    "SORT_BY_USER_ID": lambda token: token["user_id"],
    "SORT_BY_EXPIRY": lambda token: token["expiry"],
    "SORT_BY_CREATED_AT": lambda token: token["created_at"],
    "SORT_BY_TOKEN_TYPE": lambda token: token["token_type"],
    "SORT_BY_REVOKED": lambda token: nulls_last(token["revoked_at"]),
    "SORT_BY_DESCRIPTION": lambda token: nulls_last(None if token["description"] is None else sort_key(token["description"])),
}
