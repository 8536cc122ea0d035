"""Times that a filter names by the day it is asked on: now, today, tomorrow, yesterday, the days with a time of day perhaps."""
from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from fakedet.domain.filters.columns import EXPERIMENT_COLUMNS, RUN_COLUMNS
from fakedet.domain.filters.conditions import DATE_TYPE
from fakedet.domain.filters.reading import Node
from fakedet.domain.filters.sql_types import TIMESTAMP

_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_WORDS = re.compile(rf"\s*(?:(?P<now>now)\s*|(?P<day>{'|'.join(_DAYS)})(?P<clock>|\s.*))", re.IGNORECASE | re.DOTALL)
_TIME_COLUMNS = {name for columns in (EXPERIMENT_COLUMNS, RUN_COLUMNS) for name, kind in columns.items() if kind is TIMESTAMP}


def settled(node: Node, now: int) -> tuple[Node, bool]:
    """The node with such times written out, and whether there were any."""
    if node.kind == "field":
        text = _written_out(node, now)
        return (node, False) if text is None else (replace(node, value=text), True)
    children = [(child, False) if child is None else settled(child, now) for child in node.children]
    return replace(node, children=tuple(child for child, _ in children)), any(found for _, found in children)


def _written_out(field: Node, now: int) -> str | None:
    found = _WORDS.fullmatch(field.value) if _is_time(field) and isinstance(field.value, str) else None
    if found is None:
        return None
    moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=now)
    if found["now"]:
        return moment.isoformat()
    day = moment.date() + timedelta(days=_DAYS[found["day"].lower()])
    return day.isoformat() + found["clock"]


def _is_time(field: Node) -> bool:
    if field.location == "LOCATION_TYPE_RUN_METADATA":
        return field.type == DATE_TYPE
    return field.location in (None, "LOCATION_TYPE_EXPERIMENT", "LOCATION_TYPE_RUN") and field.column_name in _TIME_COLUMNS
