"""Metrics of one group of a trial over its steps or over time (master: internal/trials/postgres_trials.go, MetricsTimeSeries)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Iterable, Mapping, NamedTuple, Sequence

from fakedet.domain.errors import Internal, Panic
from fakedet.domain.metric_groups import PROFILING, TRAINING, VALIDATION, body_key
from fakedet.domain.pg_sort import pg_sorted
from fakedet.domain.sampling import drawn
from fakedet.domain.sql_casts import as_double, as_text
from fakedet.domain.summary_metrics import summary_key
from fakedet.services.metrics.series_filter import COLUMNS, SeriesFilter, refused
from fakedet.services.metrics.steps import Joined, by_run

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
#: Where a series ends that has no end.
ENDLESS = 2**31 - 1
#: The metrics that give a point its epoch, the first that is there.
EPOCHS = ("epochs", "epoch")


class SeriesQuery(NamedTuple):
    """Which part of a group's reports, and how many points of it. A filter takes the place of the bounds."""

    group: str
    names: Sequence[str]
    most: int
    start: int = 0
    end: int = ENDLESS
    filter: SeriesFilter | None = None


def points(db: "Database", trial: Row, query: SeriesQuery) -> list[dict[str, Any]]:
    """The DataPoint messages. Every report of the group is a point, with null for the metrics that it lacks."""
    column = query.filter.column if query.filter else "batches"
    _check_names(query, column)
    found, read = _found(db, trial, query), _Reader(trial, query.group)
    chosen = [found[place] for place in drawn(len(found), query.most)]
    return [_point(row, query.names, read) for row in pg_sorted(chosen, _order(column, read))]


def _check_names(query: SeriesQuery, column: str) -> None:
    """The names become names of columns in the database, beside its own `batches` and `time`."""
    if query.filter:
        query.filter.check([*query.names, *EPOCHS])
    if "" in query.names:
        raise refused('syntax error at or near "," (SQLSTATE 42601)')
    if column in COLUMNS and column in query.names:
        raise refused(f'ORDER BY "{column}" is ambiguous (SQLSTATE 42702)')


def _found(db: "Database", trial: Row, query: SeriesQuery) -> Sequence[Row]:
    """The reports in the bounds, in the order in which the database reads them."""
    if query.filter is None:
        end = max(query.end, 0) + 1  # no end excludes steps up to 0
        return [] if query.group in PROFILING else Joined(by_run(db, trial, query.group, since=query.start, before=end))
    since, before = query.filter.steps()
    if since is not None or before is not None:
        return Joined(by_run(db, trial, query.group, since=since, before=before))
    return [row for row in _read(db, trial, query.group) if query.filter.passes(row)]


def _read(db: "Database", trial: Row, group: str) -> Iterable[Row]:
    """All reports of a group: of groups with a table of their own as they came, of others by an index of steps. The profiler's are one."""
    if group not in (*PROFILING, TRAINING, VALIDATION):
        return Joined(by_run(db, trial, group))
    groups = PROFILING if group in PROFILING else (group,)
    return (row for name in groups for row in db.metrics.rows(trial_id=trial["id"], group=name) if not row["archived"])


def _order(column: str, read: "_Reader") -> Callable[[Row], Any]:
    if column == "batches":
        return lambda row: (row["total_batches"] is None, row["total_batches"] or 0)
    if column == "time":
        return lambda row: row["end_time"]
    return lambda row: _place(read.value(row, column))


def _place(value: Any) -> tuple[int, Any]:
    return (1, 0) if value is None else (0, value)


def _point(row: Row, names: Sequence[str], read: "_Reader") -> dict[str, Any]:
    if row["total_batches"] is None:
        raise Panic("interface conversion: interface {} is nil, not int64")
    point = {"batches": row["total_batches"], "time": row["end_time"], "values": {name: read.value(row, name) for name in names}}
    epoch = read.epoch(row)
    return point if epoch is None else {**point, "epoch": epoch}


class _Reader:
    """Reads metrics as the type that the trial's summary gives them: numbers, booleans, anything else as text."""

    def __init__(self, trial: Row, group: str):
        self._key = body_key(group)
        self._summary: Mapping[str, Any] = trial["summary_metrics"].get(summary_key(group)) or {}

    def value(self, row: Row, name: str) -> Any:
        """The metric of a report; None if it has none."""
        value = (row["metrics"].get(self._key) or {}).get(name)
        kind = (self._summary.get(name) or {}).get("type")
        if value is None or kind == "boolean":
            return value
        return as_double(value) if kind == "number" else as_text(value)

    def epoch(self, row: Row) -> float | None:
        """The epoch of a report."""
        for name in EPOCHS:
            value = self.value(row, name)
            if isinstance(value, (str, bool)):
                raise Internal(f"metric '{name}' has nonnumeric value reported value='{value}'")
            if value is not None:
                return float(value)
        return None

