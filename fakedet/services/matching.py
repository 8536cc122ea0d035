"""What list filters have in common: names matched as SQL does, owners by name or id, and the order of nulls."""
from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Callable, Iterator, Mapping

from fakedet.domain.sql_text import like_pattern

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
Condition = Callable[[Row], bool]
DESCENDING = "ORDER_BY_DESC"


def like(field: str, pattern: str, *, any_case: bool = True) -> Condition:
    """The whole text of `field` matches the LIKE (or ILIKE) pattern."""
    compiled = re.compile(like_pattern(pattern), re.DOTALL | (re.IGNORECASE if any_case else re.RegexFlag(0)))
    return lambda row: compiled.fullmatch(row[field] or "") is not None


def owned(db: "Database", request: Any) -> Iterator[Condition]:
    """Conditions for the owners that a request names by `users` (comma-joined, as the master splits them) and by `user_ids`."""
    if request.users:
        names = {name for joined in request.users for name in joined.split(",")}
        yield lambda row: db.users.row(row["user_id"])["username"] in names
    if request.user_ids:
        wanted = frozenset(request.user_ids)
        yield lambda row: row["user_id"] in wanted


def nulls_last(value: Any) -> tuple[bool, Any]:
    """A sort key with nulls last ascending and first descending, as PostgreSQL has them."""
    return (value is None, 0 if value is None else value)


def like_text(pattern: str) -> Callable[[str], bool]:
    """Whether a whole text matches the ILIKE pattern."""
    compiled = re.compile(like_pattern(pattern), re.DOTALL | re.IGNORECASE)
    return lambda text: compiled.fullmatch(text) is not None
