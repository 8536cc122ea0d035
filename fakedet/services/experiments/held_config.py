"""The config that a running experiment holds in the master's memory, beside the one that is stored.

Edits of texts, labels and GC policy reach only the stored config. A new weight or priority is set on the held one, which is then
written over the stored one, edits and all (master: internal/experiment.go, setWeight and setPriority).
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from fakedet.services.trials.states import is_running

if TYPE_CHECKING:
    from fakedet.store import Database

Row = Mapping[str, Any]
#: Priorities that a config may have.
LOWEST, HIGHEST = 1, 99
_WRITTEN = frozenset({"weight", "priority"})


def held_config(experiment: Row) -> dict[str, Any]:
    """What the experiment runs with."""
    config: dict[str, Any] = experiment.get("held_config") or experiment["config"]
    return config


def held_project(experiment: Row) -> int:
    """The project that the experiment began in: moving it is not told to what runs."""
    project: int = experiment.get("held_project_id") or experiment["project_id"]
    return project


def moved(experiment: Row, project_id: int) -> dict[str, Any]:
    """The columns of an experiment in another project."""
    return {"project_id": project_id, **({"held_project_id": held_project(experiment)} if is_running(experiment) else {})}


def edit(db: "Database", experiment: Row, config: Mapping[str, Any], **columns: Any) -> Row:
    """Store `config`; what runs keeps the config that it has."""
    if is_running(experiment):
        columns["held_config"] = held_config(experiment)
    edited: Row = db.experiments.change(experiment["id"], config=config, **columns)
    return edited


def hold(db: "Database", experiment: Row, resources: Mapping[str, Any]) -> Row:
    """Set weight, priority or slots of a running experiment and of its job; a priority that no config may have is left out."""
    taken = {name: value for name, value in resources.items() if name != "priority" or LOWEST <= value <= HIGHEST}
    held = held_config(experiment)
    held = {**held, "resources": {**held["resources"], **taken}}
    for job in db.jobs.rows(job_id=experiment["job_id"]):
        db.jobs.change(job["id"], **{name: value for name, value in taken.items() if name in _WRITTEN})
    stored = held if _WRITTEN & resources.keys() else experiment["config"]
    changed: Row = db.experiments.change(experiment["id"], config=stored, held_config=held)
    return changed
