"""One group, or a search for groups (master: usergroup/api_groups.go)."""
from __future__ import annotations

from typing import Any, Mapping

from fakedet.domain.errors import InvalidArgument, NotFound
from fakedet.domain.paging import page_by_hand
from fakedet.services.call import Call
from fakedet.services.groups.members import group_details
from fakedet.services.groups.personal import is_personal
from fakedet.services.registry import rpc

Row = Mapping[str, Any]
LONGEST_PAGE = 500


@rpc("GetGroup")
def get_group(call: Call, request: Any) -> dict[str, Any]:
    """A group with its members."""
    return {"group": group_details(call, shared_group(call, request.group_id))}


@rpc("GetGroups")
def get_groups(call: Call, request: Any) -> dict[str, Any]:
    """The groups of that exact name, those of one member; a limit is a must."""
    if request.limit > LONGEST_PAGE or request.limit == 0:
        raise InvalidArgument(f"Bad request: limit is required and must be <= {LONGEST_PAGE}")
    found = [group for group in call.db.groups.rows() if not is_personal(group) and _is_wanted(call, group, request)]
    page, block = page_by_hand(found, request.offset, request.limit)
    return {"groups": [_search_result(call, group) for group in page], "pagination": block}


def shared_group(call: Call, number: int) -> Row:
    """A group that is not one user's alone, or 404."""
    group = call.db.groups.row(number)
    if group is None:
        raise NotFound(f"Error getting group {number}: not found")
    if is_personal(group):
        raise NotFound("cannot get a personal group: not found")
    return group


def _is_wanted(call: Call, group: Row, request: Any) -> bool:
    if request.name and group["name"] != request.name:
        return False
    return not request.user_id or call.db.group_members.one(group_id=group["id"], user_id=request.user_id) is not None


def _search_result(call: Call, group: Row) -> dict[str, Any]:
    return {"group": {"group_id": group["id"], "name": group["name"]}, "num_members": call.db.group_members.tally(group_id=group["id"])}
