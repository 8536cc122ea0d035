"""A stored log line as clients see it: the formatted message, the level by its name (master: model/task_log.go)."""
from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, Mapping

Row = Mapping[str, Any]
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
#: Levels that have a name on the wire; any other text is printed in the message but has no level.
LEVELS = frozenset({"TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"})
CONTAINER_WIDTH = 8


def reply(row: Row) -> dict[str, Any]:
    """What trial and task log replies share."""
    return {"id": str(row["id"]), "timestamp": row["timestamp"], "message": message(row), "level": level_name(row),
            **{name: row[name] for name in ("agent_id", "container_id", "rank_id", "source", "stdtype", "log")}}


def level_name(row: Row) -> str:
    """The level as the enum's name."""
    return "LOG_LEVEL_" + (row["level"] if row["level"] in LEVELS else "UNSPECIFIED")


def message(row: Row) -> str:
    """The line as `det` prints it: `[time] container [rank=0] || LEVEL: text`."""
    rank = "" if row["rank_id"] is None else f" [rank={row['rank_id']}]"
    level = "" if row["level"] is None else f" {row['level']}:"
    return f"[{_time(row['timestamp'])}] {_container(row['container_id'])}{rank} ||{level} {row['log']}"


def _time(timestamp: int | None) -> str:
    if timestamp is None:
        return "UNKNOWN TIME"
    return f"{EPOCH + timedelta(microseconds=timestamp):%Y-%m-%dT%H:%M:%S.%f}Z"


def _container(container_id: str | None) -> str:
    return container_id[:CONTAINER_WIDTH] if container_id else " " * CONTAINER_WIDTH
