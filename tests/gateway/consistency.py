"""What must hold between the tables of a world at any time: references point to rows, indexes say what the rows say."""
from __future__ import annotations

from typing import Iterator

from fakedet.store import Database
from fakedet.store.schema import TABLES

#: "table.field" -> "table.field" of the row that must be there unless the field is None. What the master's schema leaves open is
#: not here: the project of an activity, the best trial of an experiment whose last run was deleted.
REFERENCES = {
    "tokens.user_id": "users.id", "allocation_sessions.allocation_id": "allocations.allocation_id", "user_settings.user_id": "users.id",
    "groups.user_id": "users.id", "group_members.group_id": "groups.id", "group_members.user_id": "users.id",
    "role_assignments.group_id": "groups.id", "role_assignments.workspace_id": "workspaces.id",
    "workspaces.user_id": "users.id", "workspace_pins.user_id": "users.id", "workspace_pins.workspace_id": "workspaces.id",
    "projects.workspace_id": "workspaces.id", "projects.user_id": "users.id",
    "project_activity.user_id": "users.id",
    "experiments.project_id": "projects.id", "experiments.owner_id": "users.id", "experiments.job_id": "jobs.job_id",
    "experiments.parent_id": "experiments.id",
    "trials.experiment_id": "experiments.id", "trials.project_id": "projects.id",
    "trials.best_validation_id": "metrics.id", "trials.latest_validation_id": "metrics.id",
    "trial_tasks.trial_id": "trials.id", "trial_tasks.task_id": "tasks.task_id", "tasks.job_id": "jobs.job_id",
    "allocations.task_id": "tasks.task_id", "accelerators.allocation_id": "allocations.allocation_id", "jobs.owner_id": "users.id",
    "metrics.trial_id": "trials.id", "checkpoints.trial_id": "trials.id", "checkpoints.task_id": "tasks.task_id",
    "checkpoints.storage_id": "storage_backends.id", "trial_sources.trial_id": "trials.id", "trial_sources.model_id": "models.id",
    "models.user_id": "users.id", "models.workspace_id": "workspaces.id", "model_versions.model_id": "models.id",
    "model_versions.checkpoint_uuid": "checkpoints.uuid", "model_versions.user_id": "users.id", "templates.workspace_id": "workspaces.id",
    "webhooks.workspace_id": "workspaces.id", "webhook_triggers.webhook_id": "webhooks.id", "cluster_messages.user_id": "users.id",
    "commands.task_id": "tasks.task_id", "commands.job_id": "jobs.job_id", "commands.user_id": "users.id",
    "commands.workspace_id": "workspaces.id", "pool_bindings.workspace_id": "workspaces.id",
}


def inconsistencies(db: Database) -> list[str]:
    """What does not hold, one sentence each."""
    return [*_dangling(db), *_wrong_indexes(db)]


def _dangling(db: Database) -> Iterator[str]:
    for reference, target in REFERENCES.items():
        (table, field), (target_table, target_field) = reference.split("."), target.split(".")
        present = {row.get(target_field) for row in db.table(target_table).rows()}
        for row in db.table(table).rows():
            if row.get(field) is not None and row[field] not in present:
                yield f"{table} {row['id']}: {field} is {row[field]!r}, and no row of {target_table} has that {target_field}"


def _wrong_indexes(db: Database) -> Iterator[str]:
    for name, schema in TABLES.items():
        rows = db.table(name).rows()
        for fields in (*((field,) for field in schema.indexes), *schema.combined):
            for row in rows:
                values = {field: row.get(field) for field in fields}
                scanned = [other["id"] for other in rows if all(other.get(field) == value for field, value in values.items())]
                if [found["id"] for found in db.table(name).rows(**values)] != scanned:
                    yield f"{name}: the index of {values} does not find rows {scanned}"
        for field in schema.ordered:
            if sorted(row["id"] for row in db.table(name).ordered(field)) != [row["id"] for row in rows]:
                yield f"{name}: the index by {field} has other rows than the table"
