"""The log lines of all tasks: the newest of each task are rows of `task_logs`, those before them are packed into `log_segments`.

Both tables are journalled, undone and cloned like any other. A task that has lines always has its last one among the newest, so
that whoever waits for more sees at once whether there are any.
"""
from __future__ import annotations

from bisect import bisect_right
from heapq import merge
from typing import TYPE_CHECKING, Any, Iterable, Iterator, Mapping, Protocol, Sequence

from fakedet.domain.log_segments import packed, unpacked

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
#: Lines in a segment.
SEGMENT = 250


class Wanted(Protocol):
    """Which lines are asked for."""

    def matches(self, row: Row, after_id: int) -> bool:
        """Whether this line is, beyond the line `after_id`."""

    def may_match(self, segment: Row) -> bool:
        """False if no line of the segment is."""


def add(db: "Database", task_id: str, lines: Iterable[Mapping[str, Any]]) -> None:
    """Add lines, which have all columns of `task_logs` but the id."""
    with db.transaction():
        db.task_logs.insert_all(lines)
        if db.task_logs.tally(task_id=task_id) > SEGMENT:
            _pack(db, db.task_logs.rows(task_id=task_id))


def ascending(db: "Database", task_id: str, wanted: Wanted, after_id: int = 0) -> Iterator[Row]:
    """The lines of a task that are asked for, the oldest first; what is added meanwhile is left out."""
    newest = db.task_logs.rows(task_id=task_id)
    segments = [] if newest and newest[0]["id"] <= after_id else db.log_segments.rows(task_id=task_id)
    return _read(segments[bisect_right(segments, after_id, key=_last_id):], newest, wanted, after_id)


def descending(db: "Database", task_id: str, wanted: Wanted, after_id: int = 0) -> Iterator[Row]:
    """The same, the newest first."""
    newest = db.task_logs.rows(task_id=task_id)
    segments = db.log_segments.rows(task_id=task_id)
    yield from (row for row in reversed(newest) if wanted.matches(row, after_id))
    for segment in reversed(segments[bisect_right(segments, after_id, key=_last_id):]):
        if wanted.may_match(segment):
            yield from (row for row in reversed(unpacked(segment)) if wanted.matches(row, after_id))


def of_all_tasks(db: "Database", wanted: Wanted, after_id: int = 0) -> Iterator[Row]:
    """The lines of all tasks that are asked for, the oldest first."""
    task_ids = {row["task_id"] for row in db.task_logs.rows()}
    return merge(*(_read(db.log_segments.rows(task_id=task_id), db.task_logs.rows(task_id=task_id), wanted, after_id)
                   for task_id in task_ids), key=_id)


def values(db: "Database", task_id: str, field: str) -> set[Any]:
    """The distinct values of a field of a task's lines."""
    packed_ones = {value for segment in db.log_segments.rows(task_id=task_id) for value in segment["values"][field]}
    return packed_ones.union(row[field] for row in db.task_logs.rows(task_id=task_id))


def size(db: "Database", task_id: str) -> int:
    """How many lines a task has."""
    return sum(segment["size"] for segment in db.log_segments.rows(task_id=task_id)) + db.task_logs.tally(task_id=task_id)


def remove(db: "Database", task_id: str) -> int:
    """Remove all lines of a task; how many there were."""
    found = size(db, task_id)
    for table in (db.log_segments, db.task_logs):
        for row in table.rows(task_id=task_id):
            table.delete(row["id"])
    return found


def _pack(db: "Database", lines: Sequence[Row]) -> None:
    """Put full segments of these lines, all that a task has as rows, in their place; at least one line stays."""
    for start in range(0, (len(lines) - 1) // SEGMENT * SEGMENT, SEGMENT):
        segment = lines[start:start + SEGMENT]
        db.log_segments.insert(packed(segment))
        for line in segment:
            db.task_logs.delete(line["id"])


def _read(segments: Sequence[Row], newest: Sequence[Row], wanted: Wanted, after_id: int) -> Iterator[Row]:
    for segment in segments:
        if wanted.may_match(segment):
            yield from (row for row in unpacked(segment) if wanted.matches(row, after_id))
    yield from (row for row in newest if wanted.matches(row, after_id))


def _id(row: Row) -> int:
    return int(row["id"])


def _last_id(segment: Row) -> int:
    return int(segment["last_id"])
