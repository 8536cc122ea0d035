"""What a search looks at: an experiment with its best run, or a run with its experiment, and where they live."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, Mapping, NamedTuple

from fakedet.services.projects.rules import is_archived
from fakedet.services.trials.states import TERMINAL

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]


class Subject(NamedTuple):
    """The rows that the master's query joins. `run` is None where an experiment has no best trial."""

    experiment: Row
    run: Row | None
    project: Row

    @property
    def the_run(self) -> Row:
        """The run, where runs are searched."""
        assert self.run is not None
        return self.run

    @property
    def id(self) -> int:
        """The id of the run, where runs are searched."""
        return int(self.the_run["id"])

    @property
    def has_ended(self) -> bool:
        """Whether the run is in a terminal state."""
        return self.the_run["state"] in TERMINAL

    @property
    def is_archived_run(self) -> bool:
        """Whether the run or its experiment is archived."""
        return bool((self.run and self.run["archived"]) or self.experiment["archived"])

    def parent_archived(self, db: "Database") -> bool:
        """Whether the project or its workspace is archived."""
        return is_archived(db, self.project)

    def is_put_away(self, db: "Database") -> bool:
        """Whether the run or anything that it is in is archived."""
        return self.is_archived_run or self.parent_archived(db)


def of_experiment(db: "Database", row: Row) -> Subject:
    """The experiment with its best trial."""
    return Subject(row, db.trials.row(row["best_trial_id"]), db.projects.row(row["project_id"]))


def of_run(db: "Database", row: Row) -> Subject:
    """The run with its experiment."""
    return Subject(db.experiments.row(row["experiment_id"]), row, db.projects.row(row["project_id"]))


def runs(db: "Database", project_id: int | None) -> list[Subject]:
    """The runs of the project, of all projects for None, ascending."""
    rows = db.trials.rows() if project_id is None else db.trials.rows(project_id=project_id)
    return [of_run(db, row) for row in rows]


def runs_by_id(db: "Database", numbers: Iterable[int]) -> list[Subject]:
    """The runs with these ids, ascending."""
    return [of_run(db, row) for number in sorted(set(numbers)) if (row := db.trials.row(number)) is not None]
