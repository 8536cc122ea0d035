"""Segments of a task's log: some hundred lines packed into one row, with what can be known of them without unpacking.

A segment names the distinct values of the fields that logs are filtered by and the times it spans, so that most filters pass over
it unread. Lines are kept column by column: what repeats takes next to no room.
"""
from __future__ import annotations

import base64
import json
import zlib
from typing import Any, Mapping, Sequence

Row = Mapping[str, Any]
#: Fields that have few values.
LISTED = ("level", "allocation_id", "agent_id", "container_id", "rank_id", "source", "stdtype")
COLUMNS = ("id", "timestamp", "log", *LISTED)
QUICK = 1


def packed(lines: Sequence[Row]) -> dict[str, Any]:
    """The row of a segment of these lines, all of one task, by ascending id."""
    columns = {name: [line[name] for line in lines] for name in COLUMNS}
    times = [time for time in columns["timestamp"] if time is not None]
    return {"task_id": lines[0]["task_id"], "first_id": lines[0]["id"], "last_id": lines[-1]["id"], "size": len(lines),
            "earliest": min(times, default=None), "latest": max(times, default=None),
            "values": {name: list(dict.fromkeys(columns[name])) for name in LISTED}, "packed": _pressed(list(columns.values()))}


def unpacked(segment: Row) -> list[Row]:
    """The lines of a segment."""
    names, task_id = ("task_id", *COLUMNS), segment["task_id"]
    return [dict(zip(names, (task_id, *values))) for values in zip(*json.loads(text_of(segment)))]


def text_of(segment: Row) -> str:
    """All lines as one JSON text in ASCII, quicker to search than lines."""
    return zlib.decompress(base64.b64decode(segment["packed"])).decode("ascii")


def _pressed(columns: Sequence[Sequence[Any]]) -> str:
    text = json.dumps(columns, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode("ascii"), QUICK)).decode("ascii")
