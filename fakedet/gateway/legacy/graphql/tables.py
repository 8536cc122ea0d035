"""The tables that clients up to 0.12.3 query, with the relations between them, made of today's rows."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Iterable, Mapping, Union

from fakedet.domain.sql_casts import as_double
from fakedet.gateway.legacy.graphql.language import GraphqlError
from fakedet.gateway.legacy.old_rows import Row, experiment_row, steps_of, trial_row

if TYPE_CHECKING:
    from fakedet.store import Database

_OF_USERS = ("id", "username", "admin", "active", "agent_uid", "agent_gid", "agent_user", "agent_group")
_WITHIN_A_STEP = ("checkpoint", "validation")


@dataclass(frozen=True)
class Record:
    """A row of an old table: its columns."""

    table: str
    columns: Mapping[str, Any]
    db: "Database"

    def __getitem__(self, column: str) -> Any:
        if column not in self.columns:
            raise GraphqlError(f'field "{column}" not found in type: "{self.table}"')
        return self.columns[column]

    def related(self, name: str) -> "Related":
        """The record or records that a relation leads to."""
        if name not in RELATIONS[self.table]:
            raise GraphqlError(f'field "{name}" not found in type: "{self.table}"')
        return RELATIONS[self.table][name](self)

    def has_relation(self, name: str) -> bool:
        """Whether `name` is a relation rather than a column."""
        return name in RELATIONS[self.table]


Related = Union[Record, "list[Record]", None]


def all_of(table: str, db: "Database") -> list[Record]:
    """Every record of a table, by id."""
    if table not in _ALL:
        raise GraphqlError(f'field "{table}" not found in type: "query_root"')
    return list(_ALL[table](db))


def experiment(db: "Database", row: Row) -> Record:
    """An experiment."""
    return Record("experiments", {**experiment_row(db, row), "owner_id": row["owner_id"], "parent_id": row["parent_id"]}, db)


def trial(db: "Database", row: Row) -> Record:
    """A trial."""
    return Record("trials", trial_row(row), db)


def steps(record: Record) -> list[Record]:
    """The steps of a trial."""
    row = record.db.trials.row(record["id"])
    return [Record("steps", step, record.db) for step in steps_of(record.db, row, metrics=True)]


def _within(kind: str) -> Callable[[Record], Related]:
    """The checkpoint or the validation of a step."""
    def of_step(step: Record) -> Related:
        found = step[kind]
        return found and Record(f"{kind}s", {**found, "labels": None}, step.db)
    return of_step


def _all_within(kind: str) -> Callable[[Record], Related]:
    def of_trial(record: Record) -> Related:
        return [found for step in steps(record) if isinstance(found := step.related(kind), Record)]
    return of_trial


def _step(record: Record) -> Related:
    trial_record = _trial(record)
    return next((step for step in steps(trial_record) if step["id"] == record["step_id"]), None) if trial_record else None


def _beside(kind: str) -> Callable[[Record], Related]:
    """What belongs to the same step."""
    def of(record: Record) -> Related:
        step = _step(record)
        return step.related(kind) if isinstance(step, Record) else None
    return of


def _trial(record: Record) -> Record | None:
    row = record.db.trials.row(record["trial_id"])
    return None if row is None else trial(record.db, row)


def _experiment(record: Record) -> Related:
    return experiment(record.db, record.db.experiments.row(record["experiment_id"]))


def _metric_values(validation: Record) -> Related:
    """The searcher's metric, as it is and so that the least is best."""
    row = validation.db.trials.row(validation["trial_id"])
    searcher = validation.db.experiments.row(row["experiment_id"])["config"]["searcher"]
    raw = as_double(validation["metrics"]["validation_metrics"].get(searcher["metric"]))
    signed = raw if raw is None or searcher.get("smaller_is_better", True) else -raw
    return Record("validation_metrics", {"id": validation["id"], "raw": raw, "signed": signed}, validation.db)


def _logs(record: Record) -> Related:
    tasks = record.db.trial_tasks.rows(trial_id=record["id"])
    rows = sorted((row for task in tasks for row in record.db.task_logs.rows(task_id=task["task_id"])), key=lambda row: row["id"])
    return [Record("trial_logs", {"id": row["id"], "trial_id": record["id"], "message": "\\x" + row["log"].encode().hex()}, record.db)
            for row in rows]


def _user(db: "Database", row: Row) -> Record:
    return Record("users", {name: row[name] for name in _OF_USERS}, db)


def _agent_user_group(record: Record) -> Related:
    if record["agent_uid"] is None:
        return None
    return Record("agent_user_groups", {"user_id": record["id"], "uid": record["agent_uid"], "gid": record["agent_gid"],
                                        "user_": record["agent_user"], "group_": record["agent_group"]}, record.db)


def _of_trials(relation: str) -> Callable[["Database"], Iterable[Record]]:
    def every(db: "Database") -> Iterable[Record]:
        for row in db.trials.rows():
            found = trial(db, row).related(relation)
            yield from found if isinstance(found, list) else []
    return every


_ALL: dict[str, Callable[["Database"], Iterable[Record]]] = {
    "experiments": lambda db: [experiment(db, row) for row in db.experiments.rows()],
    "trials": lambda db: [trial(db, row) for row in db.trials.rows()],
    "users": lambda db: [_user(db, row) for row in db.users.rows()],
    "templates": lambda db: [Record("templates", {"name": row["name"], "config": row["config"]}, db) for row in db.templates.rows()],
    **{name: _of_trials(name) for name in ("steps", "checkpoints", "validations", "trial_logs")},
}
RELATIONS: dict[str, dict[str, Callable[[Record], Related]]] = {
    "experiments": {"owner": lambda record: _user(record.db, record.db.users.row(record["owner_id"])),
                    "trials": lambda record: [trial(record.db, row) for row in record.db.trials.rows(experiment_id=record["id"])]},
    "trials": {"experiment": _experiment, "steps": steps, "checkpoints": _all_within("checkpoint"),
               "validations": _all_within("validation"), "trial_logs": _logs},
    "steps": {"trial": _trial, **{kind: _within(kind) for kind in _WITHIN_A_STEP}},
    "checkpoints": {"step": _step, "validation": _beside("validation")},
    "validations": {"step": _step, "checkpoint": _beside("checkpoint"), "metric_values": _metric_values},
    "validation_metrics": {},
    "trial_logs": {"trial": _trial},
    "users": {"agent_user_group": _agent_user_group},
    "agent_user_groups": {},
    "templates": {},
}
