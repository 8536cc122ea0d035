"""What list filters have in common: names matched as SQL does, owners by name or id, and the order of nulls."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Iterable, Iterator, Mapping

from fakedet.domain import sql_text
from fakedet.domain.errors import Internal

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
Condition = Callable[[Row], bool]
DESCENDING = "ORDER_BY_DESC"


def like(field: str, pattern: str, *, any_case: bool = True) -> Condition:
    """The whole text of `field` matches the LIKE (or ILIKE) pattern."""
    matches = sql_text.like(pattern, any_case=any_case)
    return lambda row: matches(row[field] or "")


def matching(rows: Iterable[Row], conditions: Iterable[Condition], *, query: str) -> list[Row]:
    """The rows that meet all conditions; one that fails is an error of the master's query of this name."""
    conditions = list(conditions)
    try:
        return [row for row in rows if all(condition(row) for condition in conditions)]
    except Internal as error:
        raise error.wrapped(f"error running query: {query}") from None


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
