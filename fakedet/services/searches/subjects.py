"""What a search looks at: an experiment with its best run, or a run with its experiment, and where they live."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, NamedTuple

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]


class Subject(NamedTuple):
    """The rows that the master's query joins. `run` is None where an experiment has no best trial."""

    experiment: Row
    run: Row | None
    project: Row

    def parent_archived(self, db: "Database") -> bool:
        """Whether the project or its workspace is archived."""
        return bool(self.project["archived"] or db.workspaces.row(self.project["workspace_id"])["archived"])


def experiments(db: "Database", project_id: int | None) -> list[Subject]:
    """The experiments of the project, of all projects for None, ascending; those that are being deleted are not searched."""
    rows = db.experiments.rows() if project_id is None else db.experiments.rows(project_id=project_id)
    return [Subject(row, db.trials.row(row["best_trial_id"]), db.projects.row(row["project_id"]))
            for row in rows if row["state"] != "DELETING"]


def runs(db: "Database", project_id: int | None) -> list[Subject]:
    """The runs of the project, of all projects for None, ascending."""
    rows = db.trials.rows() if project_id is None else db.trials.rows(project_id=project_id)
    return [Subject(db.experiments.row(row["experiment_id"]), row, db.projects.row(row["project_id"])) for row in rows]
