"""Rows by the ids that requests name, or the master's not-found error (master: api/errors.go)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.domain.errors import NotFound, missing

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]


def experiment(db: "Database", number: int) -> Row:
    """The experiment, or 404 `experiment '7' not found`."""
    return _present(db.experiments.row(number), "experiment", number)


def trial(db: "Database", number: int) -> Row:
    """The trial, or 404 `trial '7' not found`."""
    return _present(db.trials.row(number), "trial", number)


def task(db: "Database", task_id: str) -> Row:
    """The task, or 404 `task 'x' not found`."""
    return _present(db.tasks.one(task_id=task_id), "task", task_id)


def project(db: "Database", number: int) -> Row:
    """The project, or 404 `project '7' not found`."""
    return _present(db.projects.row(number), "project", number)


def workspace(db: "Database", number: int) -> Row:
    """The workspace, or 404 `workspace '7' not found`."""
    return _present(db.workspaces.row(number), "workspace", number)


def user(db: "Database", number: int) -> Row:
    """The user, or 404 `user not found`."""
    row = db.users.row(number)
    if row is None:
        raise NotFound("user not found")
    return row


def _present(row: Row | None, kind: str, identity: object) -> Row:
    if row is None:
        raise missing(kind, identity)
    return row
